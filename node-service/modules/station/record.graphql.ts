/** The record of a station as an auditor reads it, and what it holds of the records of others. */
import type { SignedHead } from '../../audit-port.ts';
import { builder, pageSize } from '../../graphql/builder.ts';
import { StationType } from './station.graphql.ts';

const digestText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

const AuditEntryType = builder.prismaObject('AuditEntry', {
  description: 'An entry of the record of who asked what: a link of a chain of hashes.',
  fields: (t) => ({
    seq: t.float({
      select: { seq: true },
      description: 'Its place in the chain, a whole number: 1, 2, 3 ...',
      resolve: ({ seq }) => Number(seq),
    }),
    payload: t.exposeString('payload', {
      nullable: true,
      description: 'What it says, canonical JSON (RFC 8785); null when it was erased.',
    }),
    commitment: t.string({
      select: { commitment: true },
      description: 'SHA-256 of 16 random bytes and the payload, base64url.',
      resolve: ({ commitment }) => digestText(commitment),
    }),
    hash: t.string({
      select: { hash: true },
      description: 'SHA-256 over its place, the hash before it and the commitment, base64url.',
      resolve: ({ hash }) => digestText(hash),
    }),
  }),
});

builder.queryField('auditEntries', (t) =>
  t.prismaConnection({
    type: AuditEntryType,
    cursor: 'seq',
    ...pageSize,
    description: 'The record of who asked this station what, the latest entry first; at most 100 a page.',
    resolve: (query, _, __, { prisma }) => prisma.auditEntry.findMany({ ...query, orderBy: { seq: 'desc' } }),
  }),
);

const SignedHeadType = builder.objectRef<SignedHead>('SignedHead').implement({
  description: 'What a member said of its record: its chain had come to here.',
  fields: (t) => ({
    seq: t.exposeFloat('seq', { description: 'The place of the last entry, a whole number.' }),
    hash: t.exposeString('hash', { description: 'Its hash, base64url.' }),
    at: t.expose('at', { type: 'DateTime', description: "When it was said, by the member's clock." }),
    jws: t.exposeString('jws', { description: 'The same as the member signed it: a compact JWS (EdDSA).' }),
  }),
});

builder.objectField(StationType, 'witnessedHeads', (t) =>
  t.field({
    type: [SignedHeadType],
    description: 'The heads it holds of the record of a member: the newest and one an hour, in order.',
    args: { of: t.arg({ type: 'StationCode', description: 'Whose record.' }) },
    resolve: (_, { of }, { witness }) => witness.of(of),
  }),
);
