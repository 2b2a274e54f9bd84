/** What ends a command early: one sentence for the person at the terminal, and the exit code that goes with it. */

/** The exit codes of every command of this project. */
export const exitCodes = {
  /** Done; what was asked for is on stdout. */
  done: 0,
  /** Something failed half-way. */
  failed: 1,
  /** Wrong usage: an unknown option, a document that is none, a folder that is not there. */
  usage: 2,
  /** A check says no: an expected verdict differs, the doctor found something. */
  no: 3,
  /** The federation, or the station asked, cannot be reached. */
  unreachable: 4,
  /** Ctrl-C before it was done. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A problem that can be said in one sentence. Its message never holds an identity number. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly exitCode: ExitCode;

  constructor(sentence: string, exit: keyof typeof exitCodes, options: { cause?: unknown } = {}) {
    super(sentence, options);
    this.exitCode = exitCodes[exit];
  }
}

/** The code of a system error, such as `ENOENT`. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Says what went wrong on stderr, with the stack only when it was asked for, and gives the exit code. */
export function explain(error: unknown): number {
  const known = error instanceof Problem || (error instanceof Error && error.name === 'PostgresUnavailable');
  const text = error instanceof Error ? error.message : String(error);
  console.error(known ? text : `Something unexpected failed: ${text} (DEBUG=lookout shows where)`);
  if (process.env['DEBUG'] === 'lookout') console.error(error);
  return error instanceof Problem ? error.exitCode : exitCodes.failed;
}

/** A complaint repeats what was typed in a wrong place, and that may be an identity number. */
export function withoutNumbers(text: string): string {
  return text.replaceAll(/\w*\d{4,}\w*/g, '[...]');
}
