/** What the page says: everything in both languages, and with the same values. */
import { createIntl } from 'react-intl';
import { expect, test } from 'vitest';

import { messages } from '#console/locales/messages.ts';

const ids = Object.keys(messages.en) as (keyof typeof messages.en)[];
const values = (text: string): string[] =>
  [...new Set(Array.from(text.matchAll(/\{(\w+)/g), ([, name = '']) => name))].toSorted();

test.each(ids)('%s says the same in both languages', (id) => {
  const [zh, en] = [messages['zh-CN'][id], messages.en[id]];
  expect(values(zh)).toEqual(values(en));
  const given = Object.fromEntries(values(en).map((name) => [name, 7]));
  for (const [locale, said] of Object.entries(messages)) {
    const problems: string[] = [];
    const intl = createIntl({ locale, messages: said, onError: ({ message }) => problems.push(message) });
    expect(intl.formatMessage({ id }, given)).not.toBe('');
    expect(problems).toEqual([]);
  }
});
