/** The measures as regulators read them: name, definition, how finely they are shown, and by which classes. */
import type { MeasureClass, MeasureDefinition } from '#schema/aggregate-table.ts';
import { countFamilies } from '#schema/count-families.ts';
import type { CountClass, CountFamilyShape } from '#schema/count-families.ts';
import { Measure, measures } from '#schema/measures.ts';
import type { MeasureShape } from '#schema/measures.ts';
import { PeriodLevel } from '#schema/periods.ts';

/** The periods a family is given for: blocks of years where a year is the finest, years otherwise, and what lies between. */
export function periodsOf({ period }: Pick<CountFamilyShape, 'period'>): PeriodLevel[] {
  if (period === 'YEAR') return ['YEAR', 'BLOCK'];
  return PeriodLevel.options.slice(PeriodLevel.options.indexOf(period), PeriodLevel.options.indexOf('BLOCK'));
}

/** The class of a code within another; undefined when it is not in it. */
export function findClass(root: CountClass, code: string): CountClass | undefined {
  if (root.code === code) return root;
  for (const part of root.parts ?? []) {
    const found = findClass(part, code);
    if (found !== undefined) return found;
  }
  return undefined;
}

const partsOf = ({ code: parent, parts = [] }: CountClass): MeasureClass[] =>
  parts.flatMap((part) => [{ code: part.code, parent, nameZh: part.zh, nameEn: part.en }, ...partsOf(part)]);

/** The definition of a measure. */
export function definitionOf(code: Measure): MeasureDefinition {
  const measure: MeasureShape = measures[code];
  const { family, of, splits, zh, en, definitionZh, definitionEn } = measure;
  const shape: CountFamilyShape = countFamilies[family];
  const counted = findClass(shape.classes, of);
  return {
    ...{ code, of, nameZh: zh, nameEn: en, definitionZh, definitionEn },
    areas: shape.area === 'STATION' ? ['REGION', 'PROVINCE', 'STATION'] : ['REGION', 'PROVINCE'],
    periods: periodsOf(shape),
    ...{ adds: shape.adds, threshold: shape.threshold, dominance: shape.dominance },
    classes: splits && counted !== undefined ? partsOf(counted) : [],
  };
}

/** Every measure, in the order of `schema/measures.ts`. */
export const definitions: readonly MeasureDefinition[] = Measure.options.map(definitionOf);
