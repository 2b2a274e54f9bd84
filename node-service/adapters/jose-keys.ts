/** Signatures of the donor log, by the keys of the members: whatever a key signed counts as of when the log took it. */
import { z } from 'zod';

import type { QuarantineReason } from '#schema/codes.ts';
import type { Directory } from '#schema/directory.ts';
import { createMemberSigner, createMemberVerifier } from '#server/keys/member-keys.ts';
import type { SigningJwk } from '#server/keys/signing-jwk.ts';

import type { DirectoryPort, SignerPort, VerifierPort } from '../ports.ts';

export const createJoseSigner = (jwk: SigningJwk): SignerPort => createMemberSigner(jwk);

const Said = z.object({ origin: z.string() });

/** Why there is no key: whoever signed says who it is, which is good enough to say what is missing. */
function unknown({ members }: Directory, jws: string): QuarantineReason {
  const [, payload = ''] = jws.split('.');
  let said: unknown;
  try {
    said = JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return 'UNKNOWN_MEMBER';
  }
  const origin = Said.safeParse(said).data?.origin;
  return members.some(({ code }) => code === origin) ? 'UNKNOWN_KEY' : 'UNKNOWN_MEMBER';
}

/** An old record stays good when its key has been replaced. A gateway says nothing in the log. */
export function createJoseVerifier({ directory }: { readonly directory: DirectoryPort }): VerifierPort {
  const verifier = createMemberVerifier({ directory });
  return {
    async verify(kind, jws, appendedAt) {
      const found = await verifier.verify(kind, jws, appendedAt);
      if (found === 'UNKNOWN_KEY') return unknown(directory.current(), jws);
      if (typeof found === 'string') return found;
      const { signer, payload } = found;
      return 'kind' in signer ? { signer, payload } : 'UNKNOWN_MEMBER';
    },
  };
}
