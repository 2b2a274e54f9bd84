/** Signatures of the donor log: what the directory says of a key decides, and nothing a record says of itself. */
import { createHmac, createPublicKey, hash } from 'node:crypto';

import { CompactSign, importJWK } from 'jose';
import { describe, expect, test } from 'vitest';

import { createJoseSigner, createJoseVerifier } from '#node/adapters/jose-keys.ts';
import type { Member } from '#schema/directory.ts';
import { createTestDirectory } from '#test/support/donor-log.ts';
import { testPublicKey, testSigningKey } from '#test/support/signing-keys.ts';
import { memberOf } from '#test/support/station.ts';

const code = '310198B01';
const at = Date.parse('2026-11-20T00:00:00Z');
const payload = JSON.stringify({ origin: code, text: '献血' });
const publicKey = testPublicKey(code);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const verifierFor = (...members: readonly (Member | string)[]) =>
  createJoseVerifier({ directory: createTestDirectory(members) });

async function forged(header: Record<string, unknown>, from = code): Promise<string> {
  const key = await importJWK({ ...testSigningKey(from) }, 'EdDSA');
  return new CompactSign(Buffer.from(payload))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'lookout-event+jws', kid: publicKey.kid, ...header })
    .sign(key);
}

describe('a signature', () => {
  test('is the same for the same payload, and tells who signed', async () => {
    const signer = createJoseSigner(testSigningKey(code));
    const jws = await signer.sign('event', payload);
    expect(await signer.sign('event', payload)).toBe(jws);
    expect(await verifierFor(code, '320198B01').verify('event', jws, at)).toMatchObject({ signer: { code }, payload });
  });

  test('of one kind never passes for the other', async () => {
    const jws = await createJoseSigner(testSigningKey(code)).sign('heartbeat', payload);
    expect(await verifierFor(code).verify('event', jws, at)).toBe('BAD_SIGNATURE');
    expect(await verifierFor(code).verify('heartbeat', jws, at)).toMatchObject({ payload });
  });

  test('over other bytes, by another key or with another algorithm is refused', async () => {
    const jws = await createJoseSigner(testSigningKey(code)).sign('event', payload);
    const [head = '', , signature = ''] = jws.split('.');
    const unsigned = { typ: 'lookout-event+jws', kid: publicKey.kid };
    const body = Buffer.from(payload).toString('base64url');
    const secret = createPublicKey({ key: { ...testSigningKey(code) }, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const hs256 = `${part({ ...unsigned, alg: 'HS256' })}.${body}`;
    const wrong = {
      'another payload': `${head}.${part({ origin: code })}.${signature}`,
      'no signature': `${head}.${body}.`,
      'alg none': `${part({ ...unsigned, alg: 'none' })}.${body}.`,
      'alg None with a signature': `${part({ ...unsigned, alg: 'None' })}.${body}.${signature}`,
      'HS256 with the public key': `${hs256}.${createHmac('sha256', secret).update(hs256).digest('base64url')}`,
      'the key of another member': await forged({}, '320198B01'),
      'a critical extension': `${part({ ...unsigned, alg: 'EdDSA', crit: ['b64'], b64: false })}.${body}.${signature}`,
    };
    for (const [name, value] of Object.entries(wrong)) {
      expect([name, await verifierFor(code).verify('event', value, at)]).toStrictEqual([name, 'BAD_SIGNATURE']);
    }
  });

  test('is checked by the key of the directory though the record brings a key of its own, or names a place for one', async () => {
    const attacker = testPublicKey('999998B01');
    const offered = { jwk: { kty: 'OKP', crv: 'Ed25519', x: attacker.x }, jku: 'http://127.0.0.1:9/keys' };
    expect(await verifierFor(code).verify('event', await forged(offered, '999998B01'), at)).toBe('BAD_SIGNATURE');
    expect(await verifierFor(code).verify('event', await forged(offered), at)).toMatchObject({ payload });
  });

  test('that is no compact JWS is unreadable, whatever it is', async () => {
    for (const value of ['', '.', '..', 'a.b', 'a.b.c', 'a.b.c.d', `${part([])}.x.y`, '{}', '\0', 'e30 .e30.e30']) {
      expect([value, await verifierFor(code).verify('event', value, at)]).toStrictEqual([value, 'UNREADABLE']);
    }
    const key = await importJWK({ ...testSigningKey(code) }, 'EdDSA');
    const bytes = await new CompactSign(Uint8Array.of(0xff, 0xfe))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'lookout-event+jws', kid: publicKey.kid })
      .sign(key);
    expect(await verifierFor(code).verify('event', bytes, at)).toBe('UNREADABLE');
  });
});

describe('a key', () => {
  const memberWith = (keys: Member['keys']) => memberOf(code, { keys });

  test('counts for what the log took while it was valid', async () => {
    const jws = await forged({});
    const bounds = { notBefore: '2026-11-01T00:00:00Z', notAfter: '2026-11-20T00:00:00Z' };
    const verifier = verifierFor(memberWith([{ ...publicKey, ...bounds }]));
    expect(await verifier.verify('event', jws, at)).toMatchObject({ payload });
    expect(await verifier.verify('event', jws, at + 1)).toBe('UNKNOWN_KEY');
    expect(await verifier.verify('event', jws, Date.parse(bounds.notBefore) - 1)).toBe('UNKNOWN_KEY');
  });

  test('nobody has is told apart from a member nobody knows', async () => {
    const jws = await forged({});
    expect(await verifierFor(memberWith([])).verify('event', jws, at)).toBe('UNKNOWN_KEY');
    expect(await verifierFor('320198B01').verify('event', jws, at)).toBe('UNKNOWN_MEMBER');
    expect(await verifierFor(code).verify('event', await forged({ kid: 7 }), at)).toBe('UNKNOWN_KEY');
  });

  test('under a name that is not its own does not count, and the true one still does', async () => {
    const posing = { ...testPublicKey('320198B01'), kid: publicKey.kid };
    const jws = await forged({});
    expect(await verifierFor(memberOf('320198B01', { keys: [posing] }), code).verify('event', jws, at)).toMatchObject({
      signer: { code },
    });
    expect(posing.kid).not.toBe(
      hash('sha256', JSON.stringify({ crv: posing.crv, kty: posing.kty, x: posing.x }), 'base64url'),
    );
  });

  test('two members claim is nobody\u2019s', async () => {
    const thief = memberOf('320198B01', { keys: [publicKey] });
    expect(await verifierFor(code, thief).verify('event', await forged({}), at)).toBe('UNKNOWN_KEY');
  });

  test('of a new directory counts at once', async () => {
    const directory = createTestDirectory(['320198B01']);
    const verifier = createJoseVerifier({ directory });
    const jws = await forged({});
    expect(await verifier.verify('event', jws, at)).toBe('UNKNOWN_MEMBER');
    directory.change(['320198B01', code]);
    expect(await verifier.verify('event', jws, at)).toMatchObject({ signer: { code } });
  });
});
