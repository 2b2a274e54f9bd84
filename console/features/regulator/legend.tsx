/** What the signs mean that are in a table; only those that are. */
import { Text } from '@mantine/core';

import { useSay } from '../../lib/say.ts';
import { markOf } from './figure-cell.tsx';
import styles from './regulator.module.css';
import type { Table } from './table.ts';

const states = ['SUPPRESSED', 'PARTIAL', 'MISSING', 'OPEN'] as const;

export function Legend({ figures }: Pick<Table, 'figures'>) {
  const say = useSay();
  const there = states.filter((state) => figures.some((figure) => figure.state === state));
  if (there.length === 0) return null;
  return (
    <ul className={styles.legend} aria-label={say('legend.heading')}>
      {there.map((state) => (
        <Text component="li" size="sm" key={state}>
          <strong>{markOf(state)}</strong> {say(`legend.${state}`)}
        </Text>
      ))}
    </ul>
  );
}
