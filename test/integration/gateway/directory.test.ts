import { expect, test } from 'vitest';

import type { Member } from '#schema/directory.ts';

import { startGateway } from './gateway.ts';
import { startStandIn } from './stand-in.ts';

test('stations join, leave and come back under load, and no request fails', async () => {
  const codes = ['310198B01', '320198B01', '330198B01', '340198B01'];
  const stations = await Promise.all(codes.map((code) => startStandIn(code)));
  const members = stations.map(({ member }) => member);
  await using gateway = await startGateway(members.slice(0, 1), { deadlineMs: 10_000 });

  const query = '{ stations { edges { node { code version } } } }';
  const heard = new Set<number>();
  const problems: unknown[] = [];
  let loading = true;
  const load = Array.from({ length: 8 }, async () => {
    while (loading) {
      const answer = await gateway.ask(query);
      const { stations: page } = answer.data as { stations: { edges: { node: { version: string | null } }[] } };
      heard.add(page.edges.length);
      // Whoever left while it was asked is not believed any more.
      const errors = (answer.errors ?? []).filter(({ extensions }) => extensions['code'] !== 'STATION_NOT_PROVED');
      const silent = page.edges.filter(({ node }) => node.version === null).length;
      if (errors.length > 0 || silent > (answer.errors ?? []).length) problems.push(answer);
    }
  });

  const takenBy = async (chosen: readonly Member[]) => {
    heard.clear();
    await gateway.publish(chosen);
    await expect.poll(() => heard.has(chosen.length), { timeout: 10_000, interval: 5 }).toBe(true);
  };
  for (const chosen of [
    members,
    members.slice(2),
    members,
    members.slice(0, 1),
    members.toReversed(),
    members.slice(1),
  ]) {
    await takenBy(chosen);
  }
  loading = false;
  await Promise.all(load);
  expect(problems).toEqual([]);
  await Promise.all(stations.map((station) => station[Symbol.asyncDispose]()));
});

test('a station that moved is asked at its new address', async () => {
  await using old = await startStandIn('310198B01');
  await using moved = await startStandIn('310198B01');
  await using gateway = await startGateway([old.member]);
  const query = '{ station(code: "310198B01") { endpoint version } }';
  await gateway.ask(query);
  await gateway.publish([moved.member]);
  await gateway.logged('directory taken');
  const { data } = await gateway.ask(query);
  expect(data?.['station']).toEqual({ endpoint: moved.member.endpoint, version: '1.2.3' });
  expect(moved.asked).toHaveLength(1);
});
