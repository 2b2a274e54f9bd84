/** What happened, in order: the last of it for a person, all of it as a hash, by which two runs of a seed are compared. */
import { createHash } from 'node:crypto';

export interface Trace {
  /** @param at true time in milliseconds. */
  note(at: number, line: string): void;
  last(): string[];
  digest(): string;
}

export function createTrace(kept: number, onLine?: (line: string) => void): Trace {
  const hash = createHash('sha256');
  const lines: (readonly [at: number, line: string])[] = [];
  const shown = ([at, line]: readonly [number, string]): string => `${new Date(at).toISOString()} ${line}`;
  let unhashed = '';
  return {
    note(at, line) {
      unhashed += `${at} ${line}\n`;
      if (unhashed.length > 10_000) {
        hash.update(unhashed);
        unhashed = '';
      }
      lines.push([at, line]);
      if (lines.length > 2 * kept) lines.splice(0, kept);
      onLine?.(shown([at, line]));
    },
    last: () => lines.slice(-kept).map(shown),
    digest: () => hash.copy().update(unhashed).digest('hex'),
  };
}
