/** What the doctor says of one thing. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  /** `unreachable` is `wrong` of something that did not answer. */
  readonly state: 'ok' | 'wrong' | 'unreachable';
  readonly found: string;
  /** What to do about it, when something is wrong. */
  readonly todo?: string;
}

export const well = (check: string, found: string): Finding => ({ check, state: 'ok', found });

export const wrong = (check: string, found: string, todo: string): Finding => ({ check, state: 'wrong', found, todo });

export const unreachable = (check: string, found: string, todo: string): Finding => ({
  check,
  state: 'unreachable',
  found,
  todo,
});
