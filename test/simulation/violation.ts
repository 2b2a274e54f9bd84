/** What a checker throws: which invariant broke, and how. */
export type Invariant = 'I1 no false ELIGIBLE' | 'permits' | 'I2 no fact lost' | 'I5 equal copies' | 'it settles';

export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: Invariant;

  constructor(invariant: Invariant, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}
