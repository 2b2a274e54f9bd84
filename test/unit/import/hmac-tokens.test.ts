import { createHmac } from 'node:crypto';

import { expect, test } from 'vitest';

import { createHmacTokens } from '#node/adapters/hmac-tokens.ts';
import { findNormalDocument } from '#schema/documents.ts';
import type { Document } from '#schema/documents.ts';
import { CivilDate } from '#schema/calendar.ts';
import { DonorToken } from '#schema/ids.ts';

const key = Buffer.alloc(32, 5);

function normal(document: Document) {
  const found = findNormalDocument(document, CivilDate.parse('2026-11-21'));
  if (found === undefined) throw new Error('not a document');
  return found;
}

const passport = normal({ type: 'PASSPORT', number: '12345678' });
const permit = normal({ type: 'TAIWAN_PERMIT', number: '12345678' });

test('a token is the HMAC of the document under the key, apart from other uses of the key', async () => {
  const [token = ''] = await createHmacTokens(key).tokensOf([passport]);
  expect(DonorToken.safeParse(token).success).toBe(true);
  const message = 'donor-lookout/donor-token/hmac-sha-256/v1\nPASSPORT:12345678';
  expect(token).toBe(createHmac('sha256', key).update(message).digest('base64url'));
  expect(token).not.toBe(createHmac('sha256', key).update('PASSPORT:12345678').digest('base64url'));
});

test('tokens come in the order of the documents, and the type of a document counts', async () => {
  const tokens = createHmacTokens(key);
  const [one, other, again] = await tokens.tokensOf([passport, permit, passport]);
  expect(one).toBe(again);
  expect(one).not.toBe(other);
  expect(await tokens.tokensOf([])).toEqual([]);
  expect(await createHmacTokens(Buffer.alloc(32, 6)).tokensOf([passport])).not.toEqual([one]);
});

test('a key of any other length is no key', () => {
  expect(() => createHmacTokens(key.subarray(1))).toThrow(RangeError);
});
