/** Whether the donor log was heard lately, from what its parts see; says so once when that changes. */
import type { Logger } from 'pino';

/** A long poll returns every five seconds, so three of them without a word are silence. */
const latelyMs = 15_000;

export interface LogHealth {
  /** The log answered. */
  readonly heard: () => void;
  /** The log did not answer, or not so that it could be used. */
  readonly failed: (error: unknown) => void;
  /** A part that cannot do its work until it says so: the log is not up, whatever the others hear. */
  readonly stuck: (part: object, error: unknown) => void;
  readonly freed: (part: object) => void;
  readonly isUp: () => boolean;
}

export function createLogHealth(log: Logger): LogHealth {
  const stuckParts = new Set<object>();
  let heardAt = 0;
  let isWell: boolean | undefined;
  const becomes = (well: boolean, tell: () => void) => {
    if (isWell === well) return;
    isWell = well;
    tell();
  };
  const failed = (error: unknown) => {
    becomes(false, () => {
      log.error({ err: error }, 'donor log lost');
    });
  };
  return {
    heard: () => {
      heardAt = Date.now();
      if (stuckParts.size > 0) return;
      becomes(true, () => {
        log.info('donor log reached');
      });
    },
    failed,
    stuck: (part, error) => {
      stuckParts.add(part);
      failed(error);
    },
    freed: (part) => {
      stuckParts.delete(part);
    },
    isUp: () => isWell === true && stuckParts.size === 0 && Date.now() - heardAt < latelyMs,
  };
}
