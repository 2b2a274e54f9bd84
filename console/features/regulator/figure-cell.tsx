/** A figure as a cell: the sign that is seen, and beside it the words that are heard. */
import { VisuallyHidden } from '@mantine/core';
import { FormattedNumber } from 'react-intl';

import { figureText } from '#schema/aggregate-csv.ts';

import { useSay } from '../../lib/say.ts';
import styles from './figure-table.module.css';
import type { Figure } from './table.ts';

/** The mark of a state, as it is in files and on a terminal as well. */
export const markOf = (state: Figure['state']): string => (state === 'SHOWN' ? '' : figureText({ state, count: null }));

interface FigureCellProps {
  readonly figure: Figure | undefined;
  readonly withPercent: boolean;
}

export function FigureCell({ figure, withPercent }: FigureCellProps) {
  const say = useSay();
  if (figure === undefined) return <td />;
  const { state, count, percent } = figure;
  return (
    <td data-state={state}>
      {state !== 'SHOWN' && (
        <>
          <span aria-hidden>{markOf(state)}</span>
          <VisuallyHidden>{say(`state.${state}`)}</VisuallyHidden>
        </>
      )}
      {count !== null && (
        <span className={styles.count}>
          {' '}
          <FormattedNumber value={count} />
        </span>
      )}
      {withPercent && percent !== null && <span className={styles.percent}> {say('table.percent', { percent })}</span>}
    </td>
  );
}
