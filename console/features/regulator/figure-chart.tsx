/** The picture of a table. */
import { useMemo } from 'react';

import { Text } from '@mantine/core';

import { Picture } from '../../components/picture.tsx';
import { useSay } from '../../lib/say.ts';
import type { ChartData } from './chart-data.ts';
import { chartOptionOf, heightOf } from './chart-option.ts';
import type { Words } from './words.ts';

interface FigureChartProps {
  readonly data: ChartData;
  readonly words: Words;
  /** What the table is about. */
  readonly caption: string;
}

export function FigureChart({ data, words, caption }: FigureChartProps) {
  const say = useSay();
  const { isByClass, leftOut, rows } = data;
  const option = useMemo(
    () => chartOptionOf(data, (row) => (isByClass ? words.classOf(row.class) : words.areaOf(row))),
    [data, isByClass, words],
  );
  const description = say('chart.description');
  const [first] = rows;
  return (
    <figure>
      <figcaption>
        <Text size="sm" fw={600}>
          {caption}
        </Text>
        {isByClass && first !== undefined && (
          <Text size="sm">{say('chart.classes', { area: words.areaOf(first) })}</Text>
        )}
        <Text size="sm">{description}</Text>
        {leftOut > 0 && <Text size="sm">{say('chart.leftOut', { shown: rows.length, leftOut })}</Text>}
      </figcaption>
      <Picture option={option} description={`${caption} ${description}`} height={heightOf(data)} />
    </figure>
  );
}
