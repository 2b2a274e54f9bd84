/** The figures as a table: areas and classes down, periods across. It holds everything; what is drawn beside it is a picture of it. */
import { useState } from 'react';
import type { ReactNode } from 'react';

import { Button } from '@mantine/core';

import { useSay } from '../../lib/say.ts';
import type { Arrangement, Column, Row } from './arrangement.ts';
import { FigureCell } from './figure-cell.tsx';
import styles from './figure-table.module.css';
import type { Words } from './words.ts';

/** More rows than these are drawn when somebody wants them: a browser needs its time for thousands. */
const firstRows = 200;

interface FigureTableProps {
  readonly arrangement: Arrangement;
  readonly words: Words;
  readonly caption: string;
  readonly withClasses: boolean;
  readonly withPercent: boolean;
}

/** True, or not there at all: what the styles ask for. */
const marked = (isSo: boolean) => (isSo ? { 'data-total': true } : {});

interface HeadingsProps extends Pick<FigureTableProps, 'words' | 'withClasses'> {
  readonly columns: readonly Column[];
}

function Headings({ columns, words, withClasses }: HeadingsProps) {
  const say = useSay();
  return (
    <thead>
      <tr>
        <th scope="col" data-head>
          {say('table.area')}
        </th>
        {withClasses && (
          <th scope="col" data-head>
            {say('table.class')}
          </th>
        )}
        {columns.map((column) => (
          <th key={column.period} scope="col" {...marked(column.isTotal)}>
            {words.periodOf(column)}
          </th>
        ))}
      </tr>
    </thead>
  );
}

export function FigureTable({ arrangement, words, caption, withClasses, withPercent }: FigureTableProps) {
  const say = useSay();
  const [isWhole, showWhole] = useState(false);
  const { columns, groups } = arrangement;
  const rows = groups.reduce((count, group) => count + group.length, 0);
  const isLong = rows > firstRows && !isWhole;
  const shown = isLong ? groups.slice(0, Math.ceil((firstRows / rows) * groups.length)) : groups;

  const rowOf = (row: Row, heading: ReactNode) => (
    <tr key={row.key} {...marked(row.isTotal)}>
      {heading}
      {withClasses && <th scope="row">{words.classOf(row.class)}</th>}
      {columns.map(({ period }, place) => (
        <FigureCell key={period} figure={row.cells[place]} withPercent={withPercent} />
      ))}
    </tr>
  );
  return (
    <>
      <div className={styles.frame} role="region" aria-label={say('table.scroll')} tabIndex={0}>
        <table className={styles.table}>
          <caption>{caption}</caption>
          <Headings {...{ columns, words, withClasses }} />
          {shown.map((group) => (
            <tbody key={group[0].key}>
              {group.map((row, place) =>
                rowOf(
                  row,
                  place === 0 && (
                    <th scope={withClasses ? 'rowgroup' : 'row'} rowSpan={group.length}>
                      {words.areaOf(row)} <small>{row.area.station}</small>
                    </th>
                  ),
                ),
              )}
            </tbody>
          ))}
        </table>
      </div>
      {isLong && (
        <Button
          variant="default"
          onClick={() => {
            showWhole(true);
          }}
        >
          {say('result.more', { rows })}
        </Button>
      )}
    </>
  );
}
