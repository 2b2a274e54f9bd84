/**
 * The systems of a station that sign in by themselves, each with keys of its own: its information system above all. A JSON
 * file, `{"clients": [{"id", "keys": [public JWKs], "rights"}]}`, read when the service starts.
 */
import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { Pseudonym, Right } from '#schema/caller.ts';

import { ConfigProblems } from '../environment.ts';

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const named = { kid: z.string().min(1).max(200) };

/** A public key as a JWK: Ed25519 (RFC 8037) or P-256 (RFC 7518). Strict, so that a private one is refused. */
const PublicKey = z.union([
  z.strictObject({ ...named, kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate }),
  z.strictObject({ ...named, kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
]);
export type ClientKey = z.infer<typeof PublicKey>;

const Client = z.strictObject({
  id: Pseudonym,
  keys: z.array(PublicKey).min(1).max(10),
  rights: z.array(Right).default([]),
});
export type Client = z.infer<typeof Client>;

const Clients = z.strictObject({ clients: z.array(Client).max(100) });

/** By id. Throws `ConfigProblems`. @param file nobody signs in by a key when there is none. */
export function readClients(file: string | undefined): ReadonlyMap<string, Client> {
  if (file === undefined) return new Map();
  try {
    const { clients } = Clients.parse(JSON.parse(readFileSync(file, 'utf8')));
    return new Map(clients.map((client) => [client.id, client]));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : 'the file cannot be read as JSON';
    throw new ConfigProblems(`LOOKOUT_CLIENTS: ${problem}`);
  }
}
