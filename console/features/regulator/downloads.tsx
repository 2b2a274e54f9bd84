/** The table as files, made of the very figures that are shown. */
import { Button, Group } from '@mantine/core';

import { aggregateCsv } from '#schema/aggregate-csv.ts';

import { useLanguage } from '../../lib/language.tsx';
import { useSay } from '../../lib/say.ts';
import type { Table } from './table.ts';

/** Hands a file to the browser. */
function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

export function Downloads({ table }: { readonly table: Table }) {
  const say = useSay();
  const { language } = useLanguage();
  const { measure, from, to } = table.asked;
  const name = `${measure.toLowerCase().replaceAll('_', '-')}-${from}-${to}`;
  return (
    <Group>
      <Button
        variant="default"
        onClick={() => {
          save(`${name}.csv`, 'text/csv;charset=utf-8', aggregateCsv(table, language === 'en' ? 'en' : 'zh'));
        }}
      >
        {say('result.csv')}
      </Button>
      <Button
        variant="default"
        onClick={() => {
          save(`${name}.json`, 'application/json', `${JSON.stringify(table, null, 2)}\n`);
        }}
      >
        {say('result.json')}
      </Button>
    </Group>
  );
}
