/** Whose counts are in a table: who is missing first, above the figures; then everybody with how fresh they are. */
import { Alert, Text } from '@mantine/core';

import { faults } from '#schema/codes.ts';
import type { Sentence } from '#schema/codes.ts';

import { useLanguage } from '../../lib/language.tsx';
import { useMoment } from '../../lib/moment.ts';
import { useSay } from '../../lib/say.ts';
import styles from './figure-table.module.css';
import type { Station, Table } from './table.ts';
import type { Words } from './words.ts';

interface StationsProps extends Pick<Table, 'stations'> {
  readonly words: Words;
}

function useReason() {
  const { of } = useLanguage();
  const sentences: Readonly<Record<string, Sentence>> = faults;
  return ({ fault }: Station): string => (fault === null ? '' : of(sentences[fault] ?? { zh: fault, en: fault }));
}

export function MissingStations({ stations, words }: StationsProps) {
  const say = useSay();
  const reasonOf = useReason();
  const missing = stations.filter(({ heard }) => !heard);
  if (missing.length === 0) return null;
  return (
    <Alert color="orange" variant="outline" title={say('result.partial.heading')}>
      <Text size="sm">{say('result.partial')}</Text>
      <ul>
        {missing.map((station) => (
          <Text component="li" size="sm" key={station.station}>
            {station.station} {words.stationOf(station)} {reasonOf(station)}
          </Text>
        ))}
      </ul>
    </Alert>
  );
}

export function Freshness({ stations, words }: StationsProps) {
  const say = useSay();
  const momentOf = useMoment();
  const heard = stations.filter((station) => station.heard).length;
  return (
    <details>
      <summary>{say('result.stations', { heard, all: stations.length })}</summary>
      <div className={styles.frame} role="region" aria-label={say('result.stations.table')} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{say('result.stations.station')}</th>
              <th scope="col">{say('result.stations.state')}</th>
              <th scope="col">{say('result.stations.closedUntil')}</th>
              <th scope="col">{say('result.stations.heardAt')}</th>
            </tr>
          </thead>
          <tbody>
            {stations.map((station) => (
              <tr key={station.station}>
                <th scope="row">
                  {station.station} {words.stationOf(station)}
                </th>
                <td>{say(station.heard ? 'result.stations.heard' : 'result.stations.missing')}</td>
                <td>{station.closedUntil}</td>
                <td>{station.heardAt !== null && momentOf(station.heardAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
