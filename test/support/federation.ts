/** A small federation for tests: three real stations behind a real gateway, with an embedded donor log and quick heartbeats. */
import pg from 'pg';
import { pino } from 'pino';
import { request } from 'undici';
import { expect, vi } from 'vitest';

import { createGateway } from '#gateway/app.ts';
import { parseGatewayConfig } from '#gateway/config.ts';
import type { Directory, Member } from '#schema/directory.ts';
import { gatewayEnvironment } from '#test/support/directory.ts';
import { createTestDatabase } from '#test/support/postgres.ts';
import { issuerEnvironment } from '#test/support/sign-in.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';

export const codes = ['310198B01', '320198B01', '330798P01'] as const;
export const [shanghai, jiangsu, plasma] = codes;

type Station = Awaited<ReturnType<typeof startStation>>;

export const donor = (number: string) => ({ document: { type: 'PASSPORT', number } });
export const draw = {
  procedure: 'WHOLE_BLOOD',
  collectedAt: '2026-11-20T01:00:00Z',
  volumeMl: 400,
  outcome: 'COMPLETE',
};

const documents = {
  eligibility: `query ($donor: DonorRef!, $procedure: Procedure!) {
    eligibility(donor: $donor, procedure: $procedure) {
      ... on Decision { verdict eligibleFrom coverage { stations { station state fault } } }
      ... on Refused { code }
    }
  }`,
  record: `mutation ($input: RecordDonationInput!) {
    recordDonation(input: $input) { __typename ... on Donation { donationNo permit flag } ... on Refused { code } }
  }`,
  correct: `mutation ($input: CorrectDonationInput!) {
    correctDonation(input: $input) { __typename ... on Refused { code message } }
  }`,
  report: `mutation ($input: ReportLookoutInput!) { reportLookout(input: $input) { __typename } }`,
  request: `mutation ($donor: DonorRef!, $procedure: Procedure!) {
    requestPermit(donor: $donor, procedure: $procedure) {
      __typename ... on Permit { id state } ... on Refused { code } ... on NotAvailable { notAvailable: code retryable }
    }
  }`,
  release: `mutation ($id: ID!) { releasePermit(id: $id) { __typename ... on Permit { state } ... on Refused { code } } }`,
  conflicts: `{ conflicts(first: 10) { edges { node { id kind state stations donations } } } }`,
  resolve: `mutation ($id: ID!, $reason: String!) {
    resolveConflict(id: $id, resolvedBy: "Dr. Li", reason: $reason) { __typename ... on Conflict { state } ... on Refused { code } }
  }`,
  releaseCheck: `query ($no: String!) {
    releaseCheck(donationNo: $no) { __typename ... on ReleaseDecision { verdict grounds { code } } ... on Refused { code } }
  }`,
};

const ends: (() => Promise<unknown>)[] = [];

/** Ends whatever a test has left running; for `afterEach`. */
export async function endAll(): Promise<void> {
  for (const end of ends.splice(0).toReversed()) await end();
}

export async function answerOf<T = Record<string, unknown>>(
  station: Station,
  document: keyof typeof documents,
  variables: object = {},
): Promise<T> {
  const { data, errors } = await station.ask(documents[document], { ...variables });
  const [value] = Object.values(data ?? {});
  if (value === undefined || value === null) throw new Error(JSON.stringify(errors));
  return value as T;
}

interface Decided {
  readonly verdict: string;
  readonly coverage: { readonly stations: readonly { station: string; state: string; fault: string | null }[] };
}

export const eligibility = (station: Station, number: string, procedure = 'WHOLE_BLOOD') =>
  answerOf<Decided>(station, 'eligibility', { donor: donor(number), procedure });

export const record = (station: Station, number: string, donationNo: string, more: object = {}) =>
  answerOf(station, 'record', { input: { ...draw, donor: donor(number), donationNo, ...more } });

/** Waits until an answer rests on copies alone. */
export async function untilFresh(...stations: Station[]): Promise<void> {
  await vi.waitFor(async () => {
    for (const station of stations) {
      const { coverage } = await eligibility(station, 'NOBODY1', station === at(plasma) ? 'SOURCE_PLASMA' : undefined);
      const states = new Set(coverage.stations.map(({ state }) => state));
      expect(states).toEqual(new Set(['OWN', 'REPLICATED']));
    }
  }, 20_000);
}

/** Waits until a donor is deferred in Shanghai. */
export const untilDeferred = (number: string): Promise<void> =>
  vi.waitFor(async () => {
    expect(await eligibility(at(shanghai), number)).toMatchObject({ verdict: 'DEFERRED' });
  }, 20_000);

/** What a station's `/readyz` answers. */
export async function readinessOf({ url }: Pick<Station, 'url'>): Promise<number> {
  const { statusCode, body } = await request(new URL('readyz', url));
  await body.dump();
  return statusCode;
}

const running = new Map<string, Station>();
export function at(code: string): Station {
  const station = running.get(code);
  if (station === undefined) throw new Error(`no station ${code}`);
  return station;
}

export interface Federation {
  readonly log: TestDatabase;
  readonly directoryFile: string;
  readonly gateway: { readonly url: string; stop(): Promise<void> };
  /** Publishes a directory in which some members, or other things, are different from now on. */
  publish(
    changed?: Readonly<Record<string, Partial<Member>>>,
    said?: Partial<Omit<Directory, 'members'>>,
  ): Promise<void>;
  /** Starts a station on a database that is there; `at` means this one from now on. */
  restart(code: string, databaseUrl: string, said?: Partial<Omit<Directory, 'members'>>): Promise<Station>;
}

/** Three stations behind a gateway; `end` is called for whatever a test leaves running. */
export async function startFederation(policy: object = {}): Promise<Federation> {
  const log = await createTestDatabase({ empty: true });
  const directory = await createDirectoryFile(
    codes.map((code) => memberOf(code)),
    { heartbeatMs: 200, freshMs: 3_000, logPartitions: 4, ...policy },
  );
  const directoryFile = directory.file;
  const people = await issuerEnvironment();
  const config = {
    ...directory.environment,
    ...gatewayEnvironment,
    ...people,
    LOOKOUT_PORT: '0',
    LOOKOUT_STATION_DEADLINE_MS: '800',
  };
  const gateway = await createGateway(parseGatewayConfig(config), pino({ level: 'silent' }));
  const gatewayUrl = (await gateway.start()).href;
  let isStopped = false;
  const stopGateway = async () => {
    if (!isStopped) await gateway.stop();
    isStopped = true;
  };
  ends.push(
    async () => log[Symbol.asyncDispose](),
    () => directory[Symbol.asyncDispose](),
    stopGateway,
  );
  const start = async (code: string, environment: Record<string, string> = {}) => {
    const station = await startStation({ code, directoryFile, gatewayUrl, logUrl: log.url, environment });
    running.set(code, station);
    ends.push(() => station[Symbol.asyncDispose]());
    return station;
  };
  const publish: Federation['publish'] = (changed = {}, said = {}) =>
    directory.write(
      codes.map((code) => memberOf(code, { endpoint: at(code).url, ...changed[code] })),
      said,
    );
  await Promise.all(codes.map((code) => start(code)));
  await publish();
  return {
    log,
    directoryFile,
    publish,
    gateway: { url: gatewayUrl, stop: stopGateway },
    restart: async (code, databaseUrl, said) => {
      const station = await start(code, { DATABASE_URL: databaseUrl });
      await publish({}, said);
      return station;
    },
  };
}

export async function query<Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
