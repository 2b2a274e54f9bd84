/** The payload of an event: the same bytes whenever it is sent, whatever order the database keeps its fields in. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { donationCorrected, donationRecorded, payloadOf } from '#node/domain/telling.ts';
import { DonorEvent, EventBody } from '#schema/events.ts';
import { DonorToken, EventId, StationCode } from '#schema/ids.ts';
import { Outcome, Procedure } from '#schema/procedures.ts';

const origin = StationCode.parse('330198B01');
const id = EventId.parse('01a2010b-0000-7000-8000-000000000000');
const token = DonorToken.parse('A'.repeat(43));

const draw = fc.record({
  procedure: fc.constantFrom(...Procedure.options),
  collectedAt: fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
  volumeMl: fc.integer({ min: 0, max: 100_000 }),
  outcome: fc.constantFrom(...Outcome.options),
});
const body = fc.oneof(
  fc.tuple(draw, fc.constantFrom(id, null)).map(([drawn, permit]) => donationRecorded(drawn, permit)),
  fc.option(draw).map((drawn) => donationCorrected(id, drawn)),
);
const event = fc.record({
  partition: fc.nat(999),
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  at: fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
  body,
});

/** The same value with its fields the other way round. */
function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, reversed(field)] as const);
  return Object.fromEntries(fields.reverse());
}

describe('a payload', () => {
  test('is read as the event it was made of', () => {
    fc.assert(
      fc.property(event, (told) => {
        const read = DonorEvent.parse(JSON.parse(payloadOf(origin, { ...told, id, token })));
        expect(read).toEqual({ ...told, id, token, origin, at: told.at.toISOString() });
      }),
    );
  });

  test('does not depend on the order of fields', () => {
    fc.assert(
      fc.property(event, (told) => {
        const other = EventBody.parse(reversed(told.body));
        const turned = reversed(told.body) as EventBody;
        const payload = payloadOf(origin, { ...told, id, token });
        expect(payloadOf(origin, { ...told, body: other, id, token })).toBe(payload);
        expect(payloadOf(origin, { ...told, body: turned, id, token })).toBe(payload);
      }),
    );
  });

  test('has these bytes, in every version: other bytes under a number that was used are a fork', () => {
    const drawn = { procedure: 'PLATELETS', collectedAt: new Date(0), volumeMl: 250, outcome: 'PARTIAL' } as const;
    const told = { id, token, partition: 3, seq: 7, at: new Date(1), body: donationRecorded(drawn, null) };
    expect(payloadOf(origin, told)).toBe(
      '{"at":"1970-01-01T00:00:00.001Z","body":{"donation":{"collectedAt":"1970-01-01T00:00:00.000Z","outcome":"PARTIAL","procedure":"PLATELETS","volumeMl":250},"permit":null,"type":"donation.recorded"},"id":"01a2010b-0000-7000-8000-000000000000","origin":"330198B01","partition":3,"seq":7,"token":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}',
    );
  });
});
