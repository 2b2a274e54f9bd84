/**
 * A station whose copy of the donor log is fresh for so many members, as their heartbeats would keep it: the use cases a check
 * goes through, with the real freshness and the real reads. Nobody is asked live; a bench in which somebody were would be wrong.
 */
import { createOwnStanding } from '#node/adapters/own-standing.ts';
import { createPostgresKnowledge } from '#node/adapters/postgres-knowledge.ts';
import type { Database } from '#node/db/client.ts';
import { createWatermarks } from '#node/domain/watermark.ts';
import { createEligibility } from '#node/modules/eligibility/eligibility.ts';
import type { Eligibility } from '#node/modules/eligibility/eligibility.ts';
import { createFreshness } from '#node/replication/freshness.ts';
import { Policy } from '#schema/directory.ts';
import type { Member } from '#schema/directory.ts';
import { ProvinceCode } from '#schema/ids.ts';
import type { StationCode } from '#schema/ids.ts';
import { ruleSets } from '#schema/rule-sets.ts';
import { newDirectory } from '#scripts/lookout/directory/new-directory.ts';

import { memberCodes, station } from './data.ts';

const key = {
  kid: 'k'.repeat(43),
  kty: 'OKP' as const,
  crv: 'Ed25519' as const,
  x: 'x'.repeat(43),
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: null,
};

const memberOf = (code: StationCode): Member => ({
  code,
  kind: 'BLOOD',
  province: ProvinceCode.parse('31'),
  nameZh: '示例',
  nameEn: 'Bench',
  endpoint: 'http://127.0.0.1:9',
  status: 'ACTIVE',
  suspensions: [],
  keys: [key],
});

export interface FreshStation {
  readonly eligibility: Eligibility;
  stop(): void;
}

const beatsEveryMs = 50;

export function createFreshStation({ pool }: Pick<Database, 'pool'>, members: number): FreshStation {
  const ruleSet = ruleSets.get('CN-2012');
  if (ruleSet === undefined) throw new Error('no rule set');
  const codes = memberCodes(members);
  const policy = Policy.parse({});
  const directory = newDirectory({
    authorities: { threshold: 1, keys: [] },
    policy,
    members: [station.code, ...codes].map(memberOf),
  });
  const watermarks = createWatermarks(policy.logPartitions);
  const seqs = Array.from({ length: policy.logPartitions }, () => 0);
  const beat = (origin: StationCode): void => {
    watermarks.observe({ origin, asOf: Date.now(), seqs });
  };
  for (const code of codes) beat(code);
  // Every member's heartbeat in its time, spread as they would be.
  let next = 0;
  const timer = setInterval(() => {
    const due = Math.ceil((members * beatsEveryMs) / policy.heartbeatMs);
    for (let count = 0; count < due; count += 1) beat(codes[(next += 1) % codes.length] ?? station.code);
  }, beatsEveryMs);
  const clock = { now: () => new Date() };
  const logTime = { latest: () => Date.now(), earliest: () => Date.now() };
  const asked = (): never => {
    throw new Error('a bench in which somebody is asked live');
  };
  const eligibility = createEligibility({
    station,
    ruleSet,
    standing: createOwnStanding(station.code, { directory: { current: () => directory }, clock }),
    freshness: createFreshness({ station: station.code, directory: { current: () => directory }, watermarks, logTime }),
    knowledge: createPostgresKnowledge({ pool, isLoaded: () => Promise.resolve(true) }),
    federation: { heldElsewhere: asked, heldElsewhereOf: asked },
    logTime,
    clock,
  });
  return {
    eligibility,
    stop: () => {
      clearInterval(timer);
    },
  };
}
