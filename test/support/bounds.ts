/**
 * What somebody can tell of figures that are not shown, who knows those that are and can solve any linear programme over them:
 * between which bounds each must lie, when no count is below 0.
 */
import { createRequire } from 'node:module';

import type * as Highs from 'highs';

/** A figure that was shown: the sum over these leaves. */
export interface ShownFigure {
  readonly leaves: readonly number[];
  readonly count: number;
}

/** The least and the most a sum over leaves can be. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

// Its types describe the CommonJS build, not the one that `import` would find.
const { default: loadHighs } = createRequire(import.meta.url)('highs') as typeof Highs.default;
const highs = await loadHighs();
const { infinity, constants } = highs;
const { optimal, unbounded, unboundedOrInfeasible } = constants.modelStatus;

/** The bounds of each of some sums. */
export function boundsOf(
  leaves: number,
  shown: readonly ShownFigure[],
  sums: readonly (readonly number[])[],
): readonly Bounds[] {
  using model = highs.createModel();
  model.options.set({ output_flag: false, presolve: "off" });
  for (let leaf = 0; leaf < leaves; leaf += 1) model.addVar(0, infinity);
  for (const { leaves: of, count } of shown) {
    model.addRow(count, count, { indices: [...of], values: of.map(() => 1) });
  }
  const end = (of: readonly number[], sense: Highs.ObjectiveSense): number => {
    for (const leaf of of) model.changeColCost(leaf, 1);
    model.changeObjectiveSense(sense);
    model.run();
    const [status, value] = [model.getModelStatus(), model.getObjectiveValue()];
    for (const leaf of of) model.changeColCost(leaf, 0);
    if (status === unbounded || status === unboundedOrInfeasible) return Infinity;
    if (status !== optimal) throw new Error(`no bounds: ${status}`);
    return value;
  };
  return sums.map((of) => ({
    least: end(of, constants.objectiveSense.minimize),
    most: end(of, constants.objectiveSense.maximize),
  }));
}
