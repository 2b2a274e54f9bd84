import { expect, test } from 'vitest';

import type { Asked } from '#gateway/exchange.ts';
import { createStationLinks } from '#gateway/station-links.ts';
import type { Member } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';

import { directoryOf } from '#test/support/directory.ts';

import { honest, startStandIn } from './stand-in.ts';

const body = JSON.stringify({ query: '{ x }', variables: {} });
const question: Asked = { method: 'POST', path: '/graphql', headers: [], body, answerBytes: 1_000 };

const linksTo = (members: readonly Member[], deadlineMs: number) =>
  createStationLinks({
    directory: {
      current: () => directoryOf(members),
      onChange: () => () => undefined,
    },
    deadlineMs,
  });

test('what a hung station has no room for is refused at once, and it is asked again when it answers', async () => {
  await using station = await startStandIn('310198B01', () => undefined);
  const links = linksTo([station.member], 500);
  const faults: unknown[] = [];
  const refusedAtOnce: unknown[] = [];
  let sending = true;
  const asked = Array.from({ length: 600 }, () =>
    links.ask(station.member, question).catch((error: unknown) => {
      faults.push(error);
      if (sending) refusedAtOnce.push(error);
    }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  sending = false;
  await Promise.all(asked);
  expect(refusedAtOnce).toHaveLength(600 - 32 - 512);
  expect(faults).toHaveLength(600);
  for (const fault of faults) expect(fault).toMatchObject({ code: 'STATION_TIMEOUT', station: '310198B01' });
  // Of those that waited only such as took a free connection just before their own deadline ever reached it.
  expect(station.asked.length).toBeLessThanOrEqual(64);

  station.behaviour = honest;
  const status = () =>
    links.ask(station.member, question).then(
      (answer) => answer.status,
      () => 0,
    );
  await expect.poll(status, { timeout: 10_000 }).toBe(200);
  await links.stop();
});

test('a connection that broke is replaced, and its question is named a fault of the station', async () => {
  await using station = await startStandIn('310198B01', (response) => response.socket?.resetAndDestroy());
  const links = linksTo([station.member], 1_000);
  await expect(links.ask(station.member, question)).rejects.toBeInstanceOf(Fault);
  station.behaviour = honest;
  expect((await links.ask(station.member, question)).status).toBe(200);
  await links.stop();
});

test('questions that wait for a station that leaves are still asked', async () => {
  await using station = await startStandIn('310198B01');
  const links = linksTo([station.member], 5_000);
  const asked = Array.from({ length: 200 }, () => links.ask(station.member, question));
  const stopped = links.stop();
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(statuses).toHaveLength(200);
  await stopped;
});
