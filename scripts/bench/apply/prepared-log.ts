/** A donor log in memory, signed beforehand: ten stations, a few events a donor, a claim now and then. */
import { hash } from 'node:crypto';

import { generateKeyPair, exportJWK } from 'jose';
import { v7 as uuidv7 } from 'uuid';

import { createJoseSigner } from '#node/adapters/jose-keys.ts';
import type { LogBatch, LogRecord, PlacedEvent } from '#node/ports.ts';
import { CivilDate } from '#schema/calendar.ts';
import { Policy, SigningKey } from '#schema/directory.ts';
import type { Directory } from '#schema/directory.ts';
import type { EventBody } from '#schema/events.ts';
import { DonorToken, EventId, ProvinceCode, StationCode } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import { newDirectory } from '#scripts/lookout/directory/new-directory.ts';
import { ruleSets, defaultRuleSetId } from '#schema/rule-sets.ts';
import type { SigningJwk } from '#server/keys/signing-jwk.ts';

export const partitions = 4;
const codes = Array.from({ length: 10 }, (_, place) => StationCode.parse(`3${place}0198B01`));
export const ownStation = codes[0] ?? StationCode.parse('300198B01');
const start = Date.parse('2026-11-01T00:00:00Z');

async function keyFor(code: StationCode) {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x = '', d = '' } = await exportJWK(privateKey);
  const jwk: SigningJwk = { kty: 'OKP', crv: 'Ed25519', x, d };
  const kid = hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url');
  const key = SigningKey.parse({
    kid,
    kty: 'OKP',
    crv: 'Ed25519',
    x,
    notBefore: '2020-01-01T00:00:00Z',
    notAfter: null,
  });
  return { code, jwk, key, signer: createJoseSigner(jwk) };
}

/** Of twenty events eighteen are donations, one is a bar, one asks for a permit. */
function bodyOf(event: number): EventBody {
  if (event % 20 === 7) return { type: 'bar.set', since: CivilDate.parse('2026-10-01') };
  const ruleSet = ruleSets.get(defaultRuleSetId);
  if (event % 20 === 13 && ruleSet !== undefined) {
    const { file, hash: content } = ruleSet;
    const claimed = { procedure: 'WHOLE_BLOOD', lifetimeMs: 3_600_000, notAfter: start + 1e10 } as const;
    return { type: 'permit.claimed', ...claimed, ruleSet: { id: file.id, hash: content } };
  }
  const collectedAt = new Date(start - (event % 700) * 86_400_000).toISOString();
  const donation = { procedure: 'WHOLE_BLOOD', collectedAt, volumeMl: 400, outcome: 'COMPLETE' } as const;
  return { type: 'donation.recorded', donation, permit: null };
}

export interface PreparedLog {
  readonly directory: Directory;
  readonly batches: readonly LogBatch[];
  /** The same events, ready to be stored. */
  readonly rows: readonly (readonly PlacedEvent[])[];
}

export async function prepareLog(events: number, batchSize: number): Promise<PreparedLog> {
  const members = await Promise.all(codes.map(keyFor));
  const counted = new Map<string, number>();
  const records: LogRecord[][] = Array.from({ length: partitions }, () => []);
  const placed: PlacedEvent[][] = Array.from({ length: partitions }, () => []);
  for (let number = 0; number < events; number += 1) {
    const member = members[(number * 7) % members.length];
    if (member === undefined) continue;
    const donor = Math.floor((number * 2_654_435_761) % (events / 3));
    const token = DonorToken.parse(hash('sha256', `donor ${donor}`, 'base64url'));
    const partition = partitionOf(token, partitions);
    const name = `${member.code} ${partition}`;
    const seq = (counted.get(name) ?? 0) + 1;
    counted.set(name, seq);
    const at = new Date(start).toISOString();
    const event = { id: EventId.parse(uuidv7()), origin: member.code, partition, seq, token, at, body: bodyOf(number) };
    const payload = JSON.stringify(event);
    const offset = records[partition]?.length ?? 0;
    const appendedAt = start + number;
    const digest = hash('sha256', payload, 'buffer').subarray(0, 16).toString('base64url');
    records[partition]?.push({
      partition,
      key: token,
      value: await member.signer.sign('event', payload),
      offset,
      appendedAt,
    });
    placed[partition]?.push({ event, offset, appendedAt, digest, raw: null });
  }
  const inPieces = <T>(all: readonly T[]): T[][] =>
    Array.from({ length: Math.ceil(all.length / batchSize) }, (_, piece) =>
      all.slice(piece * batchSize, (piece + 1) * batchSize),
    );
  return {
    directory: newDirectory({
      authorities: { threshold: 1, keys: [] },
      policy: Policy.parse({ logPartitions: partitions }),
      members: members.map(({ code, key }) => ({
        code,
        kind: 'BLOOD',
        province: ProvinceCode.parse(code.slice(0, 2)),
        nameZh: code,
        nameEn: code,
        endpoint: 'http://127.0.0.1:9',
        status: 'ACTIVE',
        suspensions: [],
        keys: [key],
      })),
    }),
    batches: records.flatMap((all, partition) =>
      inPieces(all).map((some) => ({ partition, records: some, end: all.length })),
    ),
    rows: placed.flatMap((all) => inPieces(all)),
  };
}
