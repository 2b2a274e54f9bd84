/**
 * One record of the donor log, read: verified, found to be an event of its donor and partition, and understood. Nothing in
 * here throws, and whatever is wrong with a record gives a reason to put it in quarantine.
 */
import { hash } from 'node:crypto';

import type { QuarantineReason } from '#schema/codes.ts';
import type { Member } from '#schema/directory.ts';
import { EventBody, EventEnvelope, eventTypes } from '#schema/events.ts';
import { DonorToken, EventId } from '#schema/ids.ts';
import type { StationCode } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import { offers } from '#schema/procedures.ts';

import type { HistoryBody } from '../domain/history.ts';
import type { PlacedEvent, QuarantinedRecord, Signed, VerifierPort } from '../ports.ts';

/** Nothing an event can say comes near this. */
const longestValue = 65_536;
const longestKey = 200;

/** A record at its place. */
export interface Located {
  readonly partition: number;
  readonly offset: number;
  readonly appendedAt: number;
  /** Null when an origin sends an event again: it names no key. */
  readonly key: string | null;
  readonly value: string;
}

/** That an origin said something under one of its numbers, whatever it was. */
export interface Saying {
  readonly origin: StationCode;
  readonly seq: number;
  readonly digest: string;
  readonly offset: number;
  readonly appendedAt: number;
  readonly value: string;
  /** What is to be kept of it; null when it has no effect. */
  readonly event: PlacedEvent | null;
}

/** What a record is worth. A record can be kept and be in quarantine: parked, for somebody to look at. */
export interface Reading {
  readonly offset: number;
  /** Null when nobody we know has said it. */
  readonly saying: Saying | null;
  readonly quarantined: QuarantinedRecord | null;
}

/** The first 16 bytes of the SHA-256 of a payload. */
const digestOf = (payload: string): string => hash('sha256', payload, 'buffer').subarray(0, 16).toString('base64url');

function findJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Values the shapes allow and a database does not: there is no year 0, a name has no control characters. */
function isStorable(body: EventBody): boolean {
  switch (body.type) {
    case 'donation.recorded':
    case 'donation.corrected':
      return body.donation?.collectedAt.startsWith('0000') !== true;
    case 'bar.set':
    case 'registration.claimed':
      return !body.since.startsWith('0000');
    case 'bar.lifted':
    case 'registration.released':
      return !body.until.startsWith('0000');
    case 'permit.claimed':
      return body.notAfter < Date.UTC(9_999, 0) && /^[\x21-\x7e]+$/.test(body.ruleSet.id);
    case 'permit.released':
      return true;
  }
}

/** A UUID has one text: the database gives it back in lower case. */
const idOf = (id: EventId): EventId => (/[A-F]/.test(id) ? EventId.parse(id.toLowerCase()) : id);

function withPlainIds(body: EventBody): EventBody {
  if ('of' in body) return { ...body, of: idOf(body.of) };
  if (body.type === 'donation.recorded' && body.permit !== null) return { ...body, permit: idOf(body.permit) };
  return body;
}

/** Whether a station of this kind may say this. */
function isItsKind({ kind }: Member, body: HistoryBody): boolean {
  switch (body.type) {
    case 'donation.recorded':
    case 'donation.corrected':
      return body.donation === null || offers(kind, body.donation.procedure);
    case 'permit.claimed':
      return offers(kind, body.procedure);
    case 'registration.claimed':
    case 'registration.released':
      return kind === 'PLASMA';
    case 'bar.set':
    case 'bar.lifted':
    case 'permit.released':
    case 'parked':
      return true;
  }
}

/**
 * What a body says. A type we do not know is parked: a later version will know it. So is a known type in a shape we do not
 * know, since the origin has said something of this donor and nobody may answer as if it had not.
 */
function understand(body: EventEnvelope['body']): { body: HistoryBody; problem: QuarantineReason | null } {
  if (!eventTypes.has(body.type)) return { body: { type: 'parked' }, problem: null };
  const { data } = EventBody.safeParse(body);
  if (data === undefined || !isStorable(data)) return { body: { type: 'parked' }, problem: 'BAD_SHAPE' };
  return { body: withPlainIds(data), problem: null };
}

/** PostgreSQL keeps no NUL, and nobody needs to keep more than the bound. */
const keepable = (text: string, longest: number): string => text.slice(0, longest).replaceAll('\0', '\uFFFD');

function inQuarantine(record: Located, reason: QuarantineReason, origin: string | null): QuarantinedRecord {
  const { partition, offset, appendedAt } = record;
  const key = keepable(record.key ?? '', longestKey);
  return { partition, offset, appendedAt, reason, origin, key, value: keepable(record.value, longestValue) };
}

export interface EventReaderOptions {
  readonly verifier: VerifierPort;
  /** How many partitions the donor log has. */
  readonly partitions: number;
}

export interface EventReader {
  read(record: Located): Promise<Reading>;
  /** The same for an event that was parked: it is known to be genuine. */
  readAgain(event: PlacedEvent, member: Member): Reading;
}

export function createEventReader({ verifier, partitions }: EventReaderOptions): EventReader {
  function examine(record: Located, signer: Member, payload: string): Reading {
    const refused = (reason: QuarantineReason): Reading => ({
      offset: record.offset,
      saying: null,
      quarantined: inQuarantine(record, reason, signer.code),
    });
    const envelope = EventEnvelope.safeParse(findJson(payload)).data;
    if (envelope === undefined) return refused('UNREADABLE');
    if (envelope.origin !== signer.code) return refused('BAD_SIGNATURE');
    // What is not signed, the key and the partition it was put in, may hide nothing: such a record is not counted as heard.
    const isMoved = record.key !== null && record.key !== envelope.token;
    if (isMoved || envelope.partition !== record.partition) return refused('WRONG_PARTITION');
    return weigh(record, signer, envelope, digestOf(payload));
  }

  /** From here on its origin has said it. What it said in the wrong place or out of its kind counts as said, and has no effect. */
  function weigh(record: Located, signer: Member, envelope: EventEnvelope, digest: string): Reading {
    const { origin, seq } = envelope;
    const token = DonorToken.safeParse(envelope.token).data;
    const { offset, appendedAt, value } = record;
    const understood = understand(envelope.body);
    const answer = (problem: QuarantineReason | null, event: PlacedEvent | null): Reading => ({
      offset,
      saying: { origin, seq, digest, offset, appendedAt, value, event },
      quarantined: problem === null ? null : inQuarantine(record, problem, origin),
    });
    if (token === undefined) return answer('BAD_SHAPE', null);
    if (partitionOf(token, partitions) !== record.partition) return answer('WRONG_PARTITION', null);
    if (!isItsKind(signer, understood.body)) return answer('NOT_ITS_KIND', null);
    const { body, problem } = understood;
    const event = { ...envelope, id: idOf(envelope.id), token, body };
    return answer(problem, { event, offset, appendedAt, digest, raw: body.type === 'parked' ? value : null });
  }

  async function verified(record: Located): Promise<Signed | QuarantineReason> {
    if (record.value.length > longestValue) return 'UNREADABLE';
    const signed = await verifier.verify('event', record.value, record.appendedAt);
    // What is sent again is signed again, with the key of today.
    const isSentAgain = record.key === null && signed === 'UNKNOWN_KEY';
    return isSentAgain ? verifier.verify('event', record.value, Infinity) : signed;
  }

  return {
    async read(record) {
      const signed = await verified(record);
      if (typeof signed === 'string') {
        return { offset: record.offset, saying: null, quarantined: inQuarantine(record, signed, null) };
      }
      return examine(record, signed.signer, signed.payload);
    },
    readAgain({ event, offset, appendedAt, raw }, member) {
      const value = raw ?? '';
      const payload = Buffer.from(value.split('.')[1] ?? '', 'base64url').toString();
      return examine({ partition: event.partition, offset, appendedAt, key: event.token, value }, member, payload);
    },
  };
}
