/** The signatures of one question to one station and no more: three are made and four are checked, with WebCrypto alone. */
import { hash } from 'node:crypto';

const algorithm = 'Ed25519';

/** A request, a forward around it and an answer are each about as long. */
const lengths = { request: 700, forward: 1_400, answer: 350 } as const;

export async function createSignatures(): Promise<() => Promise<void>> {
  const { subtle } = globalThis.crypto;
  const { privateKey, publicKey } = await subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(7);
  const [request, forward, answer] = [bytes(lengths.request), bytes(lengths.forward), bytes(lengths.answer)];
  const check = (signature: ArrayBuffer, signed: Uint8Array<ArrayBuffer>) =>
    subtle.verify(algorithm, publicKey, signature, signed);
  return async () => {
    const asked = await subtle.sign(algorithm, privateKey, request);
    await check(asked, request);
    const forwarded = await subtle.sign(algorithm, privateKey, forward);
    await Promise.all([check(forwarded, forward), check(asked, request)]);
    const answered = await subtle.sign(algorithm, privateKey, answer);
    await check(answered, answer);
    hash('sha256', request, 'base64url');
  };
}
