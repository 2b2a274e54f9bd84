/** By how much the cells differ between the two tables. */

/** Adds up while swaps are gone; then every cell that moved is covered over its own difference. */
export interface Differences {
  add(cell: number, difference: number): void;
  settle(): void;
}

/** Writes down what is covered in `covered`, at the places of the cells. */
export function createDifferences(covered: Float64Array): Differences {
  const differences = new Float64Array(covered.length);
  const moved: number[] = [];
  return {
    add(cell, difference) {
      differences[cell] = (differences[cell] ?? 0) + difference;
      moved.push(cell);
    },
    settle() {
      for (const cell of moved) {
        covered[cell] = Math.max(covered[cell] ?? 0, Math.abs(differences[cell] ?? 0));
        differences[cell] = 0;
      }
      moved.length = 0;
    },
  };
}
