/**
 * How often the gateway asks a second time: at most one question in ten, over all stations, so that stations that come back
 * together are not met by everything twice.
 */

const SAVED = 20;
const SHARE = 0.1;

export interface Retries {
  /** A question was asked. */
  earn(): void;
  /** Whether one more may be asked again; counts it. */
  spend(): boolean;
}

export function createRetries(): Retries {
  let saved = SAVED;
  return {
    earn: () => {
      saved = Math.min(SAVED, saved + SHARE);
    },
    spend: () => {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
