import { expect, test } from 'vitest';
import { createDatabase } from '#node/db/client.ts';
import type { Database } from '#node/db/client.ts';
import { createTestDatabase } from '#test/support/postgres.ts';

const token = Buffer.alloc(32, 7);
const donation = {
  donationNo: 'D-1',
  token,
  procedure: 'PLATELETS',
  collectedAt: new Date('2026-03-01T16:30:00.250Z'), // half past midnight on the 2nd in Shanghai
  collectedOn: new Date('2026-03-02'),
  volumeMl: 250,
  outcome: 'COMPLETE',
} as const;

async function open(poolSize = 2): Promise<Database & { url: string } & AsyncDisposable> {
  const { url, ...testDatabase } = await createTestDatabase();
  const database = createDatabase(url, { poolSize });
  return {
    ...database,
    url,
    [Symbol.asyncDispose]: async () => {
      await database.stop();
      await testDatabase[Symbol.asyncDispose]();
    },
  };
}

test('what Prisma writes, the pool reads, with days as plain text and moments as they were', async () => {
  await using database = await open();
  await database.prisma.donation.create({ data: donation });
  const { rows } = await database.pool.query(
    'SELECT token, procedure, collected_at, collected_on, volume_ml, outcome FROM donation WHERE token = ANY($1)',
    [[token]],
  );
  expect(rows).toEqual([
    {
      token,
      procedure: 'PLATELETS',
      collected_at: donation.collectedAt,
      collected_on: '2026-03-02',
      volume_ml: 250,
      outcome: 'COMPLETE',
    },
  ]);
});

test("Prisma's own reads keep their types beside the pool's", async () => {
  await using database = await open();
  await database.prisma.donation.create({ data: donation });
  const found = await database.prisma.donation.findUniqueOrThrow({ where: { donationNo: 'D-1' } });
  expect(found).toMatchObject({ ...donation, token: new Uint8Array(token) });
});

test('a moment stays the same moment in a database whose time zone is not UTC', async () => {
  await using first = await open();
  const name = new URL(first.url).pathname.slice(1);
  await first.pool.query(`ALTER DATABASE ${name} SET timezone TO 'Asia/Shanghai'`);
  const later = createDatabase(first.url, { poolSize: 1 });
  try {
    await later.prisma.donation.create({ data: donation });
    const { rows } = await later.pool.query<{ at: string }>(
      'SELECT extract(epoch FROM collected_at) * 1000 AS at FROM donation',
    );
    expect(Number(rows[0]?.at)).toBe(donation.collectedAt.getTime());
    expect((await later.prisma.donation.findFirstOrThrow()).collectedAt).toEqual(donation.collectedAt);
  } finally {
    await later.stop();
  }
});

test('Prisma and the pool together take no more connections than the pool has', async () => {
  await using database = await open(2);
  await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      i % 2 === 0 ? database.prisma.donation.count() : database.pool.query('SELECT pg_sleep(0.01)'),
    ),
  );
  expect(database.pool.totalCount).toBe(2);
});

test('a connection that breaks while idle is replaced and told about', async () => {
  const { url, ...testDatabase } = await createTestDatabase();
  const broken = Promise.withResolvers<Error>();
  const database = createDatabase(url, { poolSize: 1, onIdleError: broken.resolve });
  try {
    const { rows } = await database.pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const other = createDatabase(url, { poolSize: 1 });
    await other.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await other.stop();
    expect((await broken.promise).message).toContain('terminating connection');
    expect(await database.prisma.donation.count()).toBe(0);
  } finally {
    await database.stop();
    await testDatabase[Symbol.asyncDispose]();
  }
});

test.for([
  ['a token of another length', { ...donation, token: Buffer.alloc(31) }, 'donation_token_check'],
  ['a volume below nothing', { ...donation, volumeMl: -1 }, 'donation_volume_check'],
  ['a volume beyond reason', { ...donation, volumeMl: 100_001 }, 'donation_volume_check'],
  ['an empty number', { ...donation, donationNo: '' }, 'donation_number_check'],
] as const)('the database itself refuses %s', async ([, data, constraint]) => {
  await using database = await open();
  await expect(database.prisma.donation.create({ data })).rejects.toThrow(constraint);
});

test('the database itself refuses a lookout cleared before it was confirmed, and takes one cleared the same day', async () => {
  await using database = await open();
  const lookout = { token, marker: 'HCV', confirmedOn: new Date('2026-02-02'), laboratory: 'Lab' } as const;
  const clearedEarly = { ...lookout, lookoutNo: 'L-1', clearedOn: new Date('2026-02-01') };
  await expect(database.prisma.lookout.create({ data: clearedEarly })).rejects.toThrow('lookout_cleared_check');
  const clearedAtOnce = { ...lookout, lookoutNo: 'L-2', clearedOn: lookout.confirmedOn };
  await expect(database.prisma.lookout.create({ data: clearedAtOnce })).resolves.toMatchObject({ lookoutNo: 'L-2' });
});

test("all of a donor's donations are read from the index alone", async () => {
  await using database = await open();
  await database.pool.query(`
    INSERT INTO donation SELECT 'D' || i, sha256((i % 500)::text::bytea), 'WHOLE_BLOOD', now(), current_date, 400, 'COMPLETE'
    FROM generate_series(1, 5000) AS i`);
  await database.pool.query('VACUUM ANALYZE donation');
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT token, procedure, collected_on, volume_ml, outcome FROM donation WHERE token = ANY(ARRAY[sha256('7')])`,
  );
  expect(rows[0]?.['QUERY PLAN']).toContain('Index Only Scan');
});
