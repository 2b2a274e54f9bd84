import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readHoldings } from '#gateway/holdings.ts';
import { Directory } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import { DonorHolding } from '#schema/facts.ts';
import { DonorToken } from '#schema/ids.ts';

const [member] = Directory.parse({
  version: 1,
  members: [
    {
      code: '310198B01',
      kind: 'BLOOD',
      province: '31',
      nameZh: '站',
      nameEn: 'Station',
      endpoint: 'http://127.0.0.1:4001',
      status: 'ACTIVE',
    },
  ],
}).members;
if (member === undefined) throw new Error('no member');
const tokens = ['A', 'E'].map((letter) => DonorToken.parse(letter.repeat(43)));

const holding = (token: string) => ({
  token,
  donations: [{ procedure: 'PLATELETS', collectedOn: '2026-03-01', volumeMl: 300, outcome: 'COMPLETE' }],
  bars: [{ since: '2026-02-01', until: null }],
  registrations: [{ since: '2026-02-01', until: '2026-05-01' }],
});
const right = { data: { _stations: [{ code: member.code, donors: tokens.map(holding) }] } };

const read = (json: unknown) => {
  try {
    return readHoldings(member, tokens, { status: 200, body: JSON.stringify(json) });
  } catch (error) {
    return error;
  }
};

/** Every place in a JSON value. */
function placesIn(value: unknown, path: readonly string[] = []): string[][] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [[...path], ...inner.flatMap(([key, one]) => placesIn(one, [...path, key]))];
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((one: unknown, at) => (String(at) === key ? replaceAt(one, rest, by) : one));
  return { ...(value as object), [key]: replaceAt(Reflect.get(value as object, key), rest, by) };
}

test('the right answer is read', () => {
  expect(read(right)).toEqual(tokens.map(holding));
});

test('whatever is put in any place of the right answer, it is refused by name or is what a holding may be', () => {
  fc.assert(
    fc.property(fc.constantFrom(...placesIn(right)), fc.jsonValue(), (place, by) => {
      const result = read(replaceAt(right, place, by));
      if (result instanceof Fault) {
        expect(result.station).toBe(member.code);
        expect(['STATION_BAD_ANSWER', 'STATION_FAILED']).toContain(result.code);
      } else {
        const holdings = DonorHolding.array().parse(result);
        expect(holdings.map(({ token }) => token)).toEqual(tokens);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('whatever a body holds, a fault names the station', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 100, max: 599 }), (body, status) => {
      let thrown: unknown;
      try {
        readHoldings(member, tokens, { status, body });
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ name: 'Fault', station: member.code });
    }),
  );
});
