/** What a member says under suspension counts for nobody, whenever they hear of it. */
import { expect, test } from 'vitest';

import { createJudgingAgain } from '#node/replication/judging-again.ts';
import type { JudgingAgain } from '#node/replication/judging-again.ts';
import type { Member, Suspension } from '#schema/directory.ts';
import { memberOf } from '#test/support/directory.ts';
import { createRecords, createTestDirectory } from '#test/support/donor-log.ts';

import { createCopy, partitions } from './copy-under-test.ts';
import type { Copy } from './copy-under-test.ts';
import { codes, createChance, sayAll } from './many-events.ts';

const [here, suspended] = codes;
const others = codes.filter((code) => code !== suspended);

/** The members, of whom one has been suspended. */
const membersWith = (suspensions: readonly Suspension[]): (Member | string)[] => {
  const isOpen = suspensions.at(-1)?.until === null;
  return [...others, memberOf(suspended, { status: isOpen ? 'SUSPENDED' : 'ACTIVE', suspensions: [...suspensions] })];
};

async function createNode() {
  const directory = createTestDirectory([...codes]);
  const copy = await createCopy({ code: here, directory });
  const judging: JudgingAgain = createJudgingAgain({
    ...copy.conclusions,
    ...{ inbox: copy.inbox, directory, station: copy.station, partitions },
    onApplied: (batch) => copy.applied.push(batch),
  });
  return { directory, copy, judging };
}

/** What follows from a copy: the outcomes of all claims, and the conflicts that are open. */
const conclusionsOf = async ({ rows }: Copy) => ({
  claims: await rows("SELECT id::text, claim::text FROM event WHERE type = 'permit.claimed' ORDER BY id, origin"),
  conflicts: await rows("SELECT id FROM conflict WHERE state = 'OPEN' ORDER BY id"),
});

test('nodes that hear of a suspension before, while and after they apply the log conclude the same, and again when it ends', async () => {
  const records = createRecords(partitions);
  const placed = records.tell(...(await sayAll(1_500, createChance(7))));
  const timeOf = (part: number): string =>
    new Date(placed[Math.floor(placed.length * part)]?.appendedAt ?? 0).toISOString();
  const nodes = await Promise.all(['before', 'while', 'after', 'never'].map(createNode));
  const [before, during, after, never] = nodes;
  if (before === undefined || during === undefined || after === undefined || never === undefined) return;
  const heard = [before, during, after];
  const change = async (node: typeof before, suspensions: readonly Suspension[]) => {
    node.directory.change(membersWith(suspensions));
    await node.judging.step();
  };

  const open = [{ since: timeOf(0.4), until: null }];
  const batches = records.batches(100);
  const half = Math.floor(batches.length / 2);
  await change(before, open);
  for (const { copy } of nodes) await copy.applyAll(batches.slice(0, half));
  await change(during, open);
  for (const { copy } of nodes) await copy.applyAll(batches.slice(half));
  await change(after, open);

  const [expected, ...same] = await Promise.all(heard.map(({ copy }) => conclusionsOf(copy)));
  for (const one of same) expect(one).toStrictEqual(expected);
  const unsuspended = await conclusionsOf(never.copy);
  expect(expected?.claims).not.toStrictEqual(unsuspended.claims);
  expect(expected?.conflicts).not.toStrictEqual(unsuspended.conflicts);
  // What was said before the suspension still counts.
  const [granted] = await after.copy.rows(
    "SELECT count(*)::int AS count FROM event WHERE origin = $1 AND claim = 'GRANTED'",
    [suspended],
  );
  expect(granted?.['count']).toBeGreaterThan(0);

  const ended = [{ since: timeOf(0.4), until: timeOf(0.7) }];
  for (const node of heard) await change(node, ended);
  const fresh = await createNode();
  await change(fresh, ended);
  await fresh.copy.applyAll(batches);
  const reinstated = await conclusionsOf(fresh.copy);
  for (const { copy } of heard) expect(await conclusionsOf(copy)).toStrictEqual(reinstated);
  expect(reinstated.claims).not.toStrictEqual(expected?.claims);

  for (const node of heard) await change(node, []);
  for (const { copy } of heard) expect(await conclusionsOf(copy)).toStrictEqual(unsuspended);
  await Promise.all([...nodes, fresh].map(({ copy }) => copy[Symbol.asyncDispose]()));
});
