import { expect, test } from 'vitest';
import { migrate } from '#node/db/migrate.ts';
import { createTestDatabase } from '#test/support/postgres.ts';

test('a migrated database has nothing left to apply', async () => {
  await using database = await createTestDatabase();
  expect(await migrate(database.url)).toEqual({ applied: [] });
});

test('several instances that start at once on an empty database apply each migration once', async () => {
  await using database = await createTestDatabase({ empty: true });
  const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)));
  expect(runs.flatMap(({ applied }) => applied)).toEqual(['0001_initial']);
});
