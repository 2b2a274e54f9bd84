/**
 * What a person sees while something takes its time: one live line on a terminal, a plain line every few seconds elsewhere.
 * It goes to stderr; stdout is for the answer. Colours follow the stream and NO_COLOR.
 */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export interface Progress {
  /** What is being done now. */
  update(text: string): void;
  /** A line that stays. */
  say(text: string): void;
  /** Takes the live line away. */
  clear(): void;
}

/** A stream that may be a terminal. */
export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  readonly stream?: Screen;
  readonly quiet?: boolean;
  /** Time between two plain lines, in milliseconds. */
  readonly every?: number;
}

export function createProgress({
  stream = process.stderr,
  quiet = false,
  every = 5_000,
}: ProgressOptions = {}): Progress {
  let live = false;
  let last = performance.now();
  const clear = () => {
    if (live) stream.write('\r\x1b[2K');
    live = false;
  };
  const update = (text: string) => {
    if (quiet) return;
    if (stream.isTTY === true) {
      // One column is left free: a full line would wrap and could not be taken back.
      stream.write(`\r\x1b[2K${text.slice(0, Math.max(0, (stream.columns ?? 80) - 1))}`);
      live = true;
    } else if (performance.now() - last >= every) {
      last = performance.now();
      stream.write(`${text}\n`);
    }
  };
  const say = (text: string) => {
    clear();
    if (!quiet) stream.write(`${text}\n`);
  };
  return { update, say, clear };
}

/** `[#####-----]  50 %` */
export function bar(done: number, total: number): string {
  const part = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.round(part * 24);
  return `[${'#'.repeat(filled)}${'-'.repeat(24 - filled)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
}

/** Colours a text for stdout; leaves it as it is where colours are not wanted. */
export function coloured(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
