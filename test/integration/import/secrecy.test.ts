/** An identity number never leaves the memory of the station: a canary goes through every path and is looked for after. */
import { inspect } from 'node:util';

import { expect, test } from 'vitest';

import { findNormalDocument } from '#schema/documents.ts';
import { CivilDate } from '#schema/calendar.ts';

import { openStation, tokens } from './station-under-test.ts';

const canary = '330198197803074716';
const heading = 'donation_no,document_type,document_number,procedure,collected_at,volume_ml,outcome';
const lookoutHeading = 'lookout_no,document_type,document_number,marker,confirmed_on,cleared_on,laboratory';

test('a document is in no table, no event and no error', async () => {
  await using station = await openStation('330198B01');
  const numbers = [canary, ` ${canary}`, `${canary}9`, canary.replace('33', '99')];
  const said: unknown[] = [];
  for (const number of numbers) {
    const draw = (procedure: string, at: string) => `A${said.length},01,${number},${procedure},${at},400,COMPLETE`;
    const moments = ['2026-01-05T09:00:00+08:00', 'yesterday', '2036-01-05T09:00:00+08:00'];
    const rows = moments.flatMap((at) => [draw('WHOLE_BLOOD', at), draw('NOTHING', at)]);
    said.push(await station.importLines('donations', heading, ...rows, `"${number}"`));
    for (const broken of [
      `"${rows.join('\n')}`,
      `A1,01,${number}"x"`,
      `A1,01,${number.repeat(5000)}`,
      `"${number}"${number}`,
    ]) {
      said.push(await station.importLines('donations', heading, broken).catch((error: unknown) => error));
    }
    said.push(await station.importLines('donations', rows.join(',')).catch((error: unknown) => error));
    said.push(
      await station.importLines(
        'lookouts',
        lookoutHeading,
        `L${said.length},01,${number},HIV,2026-01-05,,a laboratory`,
      ),
    );
  }
  const spoken = inspect(said, { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity });
  const dump = await station.dump();
  const today = CivilDate.parse('2026-11-21');
  const document = findNormalDocument({ type: 'RESIDENT_ID', number: canary }, today);
  if (document === undefined) throw new Error('the canary is not a resident number');
  const [token = ''] = await tokens.tokensOf([document]);
  // The canary did go through: its token is there.
  expect(dump).toContain(Buffer.from(token, 'base64url').toString('hex'));
  for (const text of [spoken, dump]) expect(text).not.toContain(canary.slice(2, 17));
  expect(spoken).not.toContain(token);
});
