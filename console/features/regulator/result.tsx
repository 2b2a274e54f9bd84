/** The answer to a question: the table first, its picture beside it, and what one has to know of both. */
import { lazy, Suspense, useMemo, useState } from 'react';

import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';

import { useLanguage } from '../../lib/language.tsx';
import { useMoment } from '../../lib/moment.ts';
import { useSay } from '../../lib/say.ts';
import { arrange } from './arrangement.ts';
import { chartDataOf } from './chart-data.ts';
import { Downloads } from './downloads.tsx';
import { FigureTable } from './figure-table.tsx';
import { Legend } from './legend.tsx';
import styles from './regulator.module.css';
import { Freshness, MissingStations } from './stations.tsx';
import type { Table } from './table.ts';
import { useWords } from './words.ts';

const FigureChart = lazy(async () => ({ default: (await import('./figure-chart.tsx')).FigureChart }));

function useCaption({ asked, measure }: Table): string {
  const say = useSay();
  const { of } = useLanguage();
  return say('table.caption', {
    measure: of({ zh: measure.nameZh, en: measure.nameEn }),
    years: asked.from === asked.to ? String(asked.from) : `${asked.from}–${asked.to}`,
    ...{ area: say(`area.${asked.area}`), period: say(`period.${asked.period}`) },
  });
}

export function Result({ table }: { readonly table: Table }) {
  const say = useSay();
  const momentOf = useMoment();
  const words = useWords(table);
  const caption = useCaption(table);
  const arrangement = useMemo(() => arrange(table), [table]);
  const chart = useMemo(() => chartDataOf(arrangement, table), [arrangement, table]);
  const [withPercent, showPercent] = useState(false);
  const [withChart, showChart] = useState(true);
  const { closedUntil, figures, madeAt, stations, suppressed } = table;
  return (
    <Stack>
      <MissingStations stations={stations} words={words} />
      <Text role="status">{say('result.said', { figures: figures.length, suppressed })}</Text>
      <Group>
        <Checkbox
          label={say('result.percent')}
          checked={withPercent}
          onChange={({ currentTarget: { checked } }) => {
            showPercent(checked);
          }}
        />
        <Button
          variant="default"
          aria-expanded={withChart}
          onClick={() => {
            showChart(!withChart);
          }}
        >
          {say(withChart ? 'chart.hide' : 'chart.show')}
        </Button>
        <Downloads table={table} />
      </Group>
      <div className={styles.figures} {...(withChart && { 'data-chart': true })}>
        <div>
          <FigureTable {...{ arrangement, words, caption, withPercent }} withClasses={table.asked.split} />
          <Legend figures={figures} />
        </div>
        {withChart && (
          <Suspense fallback={<Text size="sm">{say('page.loading')}</Text>}>
            <FigureChart data={chart} words={words} caption={caption} />
          </Suspense>
        )}
      </div>
      <Text size="sm">
        {say('result.closedUntil', { day: closedUntil })} {say('result.madeAt', { at: momentOf(madeAt) })}
      </Text>
      <Freshness stations={stations} words={words} />
    </Stack>
  );
}
