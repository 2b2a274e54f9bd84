/** What all stations hold of the record of one: the heads it has signed, and those of them that contradict each other. */
import { createJoseVerifier } from '#node/adapters/jose-keys.ts';
import { createPostgresWitness, headOf } from '#node/adapters/postgres-witness.ts';
import type { SignedHead } from '#node/audit-port.ts';
import type { Database } from '#node/db/client.ts';
import { contradict } from '#node/domain/audit-heads.ts';
import type { Directory } from '#schema/directory.ts';
import type { StationCode } from '#schema/ids.ts';

/** Two heads of one station, both signed by it, that cannot both be true. */
export interface Contradiction {
  readonly one: SignedHead;
  readonly other: SignedHead;
}

export interface Witnessed {
  readonly heads: readonly SignedHead[];
  readonly contradictions: readonly Contradiction[];
}

/** Nothing in the databases is believed that the station has not signed. */
export async function witnessedOf(
  station: StationCode,
  directory: Directory,
  databases: readonly Pick<Database, 'pool'>[],
): Promise<Witnessed> {
  const verifier = createJoseVerifier({ directory: { current: () => directory } });
  const witnesses = databases.map(({ pool }) => createPostgresWitness({ pool }));
  const isOwn = async ({ jws, at }: SignedHead): Promise<boolean> => {
    const signed = await verifier.verify('auditHead', jws, Date.parse(at));
    return typeof signed !== 'string' && signed.signer.code === station;
  };
  const kept = (await Promise.all(witnesses.map((witness) => witness.of(station)))).flat();
  const heads: SignedHead[] = [];
  for (const head of new Map(kept.map((each) => [each.jws, each])).values()) if (await isOwn(head)) heads.push(head);
  const found = (await Promise.all(witnesses.map((witness) => witness.proofsOf(station)))).flat();
  const contradictions: Contradiction[] = [];
  // By both, or one that is made up would take the place of a true one.
  const proofs = new Map(found.map((proof) => [`${proof.one} ${proof.other}`, proof]));
  for (const { one, other } of proofs.values()) {
    const pair = { one: headOf(one), other: headOf(other) };
    const isProof = contradict(pair.one, pair.other) && (await isOwn(pair.one)) && (await isOwn(pair.other));
    if (isProof) contradictions.push(pair);
  }
  return { heads, contradictions };
}
