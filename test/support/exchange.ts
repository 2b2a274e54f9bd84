/** What members sign when they ask each other, for tests that play one of them: rightly, or not quite. */
import { createPrivateKey, randomUUID, sign } from 'node:crypto';

import { digestOf } from '#schema/digest.ts';
import { exchangeTypes } from '#schema/exchange.ts';
import type { ExchangeKind } from '#schema/exchange.ts';
import { donorsDigest, donorsOf, questionText } from '#schema/questions.ts';
import type { Question } from '#schema/questions.ts';
import { testPublicKey, testSigningKey } from '#test/support/signing-keys.ts';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A compact JWT of whatever it is given, by the key of whoever is named. */
export function jwtOf(kind: ExchangeKind, by: string, claims: object, header: object = {}): string {
  const named = { alg: 'EdDSA', typ: exchangeTypes[kind], kid: testPublicKey(by).kid, ...header };
  const signed = `${part(named)}.${part(claims)}`;
  const key = createPrivateKey({ key: { ...testSigningKey(by) }, format: 'jwk' });
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

const seconds = (): number => Math.floor(Date.now() / 1_000);

/** A life of half a minute, under a new name. */
export const life = () => ({ jti: randomUUID() as string, iat: seconds(), exp: seconds() + 30 });

/** The claims of a request for a desk about a question; what a test says otherwise goes before. */
export const requestClaims = (by: string, question: Question, said: object = {}) => ({
  ...{ iss: by, aud: 'G01', sub: 'somebody', role: 'DESK', purpose: 'DONATION', case: null },
  ...{ donors: donorsDigest(donorsOf(question)), body: digestOf(questionText(question)), ...life() },
  ...said,
});

/** The claims of the gateway's forward around a request. */
export const forwardClaims = (to: string, body: string, request: string, said: object = {}) => ({
  ...{ iss: 'G01', aud: to, body: digestOf(body), request, ...life() },
  ...said,
});

/** The claims of an answer to a request. */
export const answerClaims = (by: string, to: string, request: string, answer: { status: number; body: string }) => ({
  ...{ iss: by, aud: to, request, status: answer.status, body: digestOf(answer.body) },
  iat: seconds(),
});

/** What a JWT says, whoever signed it. */
export function claimsOf(jwt: string | string[] | undefined): Record<string, unknown> {
  const [, payload = ''] = String(jwt).split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as Record<string, unknown>;
}
