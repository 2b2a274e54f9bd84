/**
 * What somebody can tell of figures that are not shown, who knows those that are and can solve any linear programme over them, when
 * no count is below 0.
 */
import { createRequire } from 'node:module';

import type * as Highs from 'highs';

/** A figure that was shown: the sum over these leaves. */
export interface ShownFigure {
  readonly leaves: readonly number[];
  readonly count: number;
}

/** A sum over leaves that was not shown, and how wide the range must be that it can be told to lie in. */
export interface SecretFigure {
  readonly leaves: readonly number[];
  readonly need: number;
}

/** A figure that can be told to lie in a narrower range. */
export interface ToldFigure extends SecretFigure {
  readonly least: number;
  readonly most: number;
}

// Its types describe the CommonJS build, not the one that `import` would find.
const { default: loadHighs } = createRequire(import.meta.url)('highs') as typeof Highs.default;
const highs = await loadHighs();
const { minimize, maximize } = highs.constants.objectiveSense;
const { optimal, unbounded, unboundedOrInfeasible } = highs.constants.modelStatus;
const tolerance = 1e-6;

function modelOf(leaves: number, shown: readonly ShownFigure[]) {
  const model = highs.createModel();
  model.options.set({ output_flag: false, presolve: 'off' });
  for (let leaf = 0; leaf < leaves; leaf += 1) model.addVar(0, highs.infinity);
  for (const { leaves: of, count } of shown) {
    model.addRow(count, count, { indices: [...of], values: of.map(() => 1) });
  }
  return model;
}

/** The counts at which a sum is least or most; null when it has no bound. */
function solve(model: Highs.Model, of: readonly number[], sense: Highs.ObjectiveSense): ArrayLike<number> | null {
  for (const leaf of of) model.changeColCost(leaf, 1);
  model.changeObjectiveSense(sense);
  model.run();
  const status = model.getModelStatus();
  const counts = status === optimal ? model.getSolution().colValue : null;
  for (const leaf of of) model.changeColCost(leaf, 0);
  if (counts === null && status !== unbounded && status !== unboundedOrInfeasible)
    throw new Error(`unsolved: ${status}`);
  return counts;
}

/** The figures that can be told too closely. Every table of counts that is met on the way counts for all of them. */
export function toldTooClosely(
  leaves: number,
  shown: readonly ShownFigure[],
  secrets: readonly SecretFigure[],
): readonly ToldFigure[] {
  using model = modelOf(leaves, shown);
  const ranges = secrets.map((secret) => ({ ...secret, least: Infinity, most: -Infinity }));
  const meet = (counts: ArrayLike<number>): void => {
    for (const range of ranges) {
      const sum = range.leaves.reduce((total, leaf) => total + (counts[leaf] ?? 0), 0);
      range.least = Math.min(range.least, sum);
      range.most = Math.max(range.most, sum);
    }
  };
  return ranges.filter((range) => {
    const isNarrow = (): boolean => range.most - range.least < range.need - tolerance;
    for (const sense of [maximize, minimize]) {
      if (!isNarrow()) break;
      const counts = solve(model, range.leaves, sense);
      if (counts === null) range.most = Infinity;
      else meet(counts);
    }
    return isNarrow();
  });
}
