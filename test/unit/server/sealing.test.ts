/** What only the asking station may read. */
import { expect, test } from 'vitest';

import { createSeal, seal } from '#server/keys/sealing.ts';

test('what is sealed is read under its own key, and under no other', async () => {
  const [own, other] = await Promise.all([createSeal(), createSeal()]);
  const sealed = await seal(own.key, 'HBV, 2026-03-01, 化验室');
  expect(await own.open(sealed)).toBe('HBV, 2026-03-01, 化验室');
  expect(await other.open(sealed)).toBeNull();
  expect(sealed).not.toContain(Buffer.from('HBV').toString('base64url'));
});

test('what was changed, or says that it is sealed in another way, is nothing', async () => {
  const own = await createSeal();
  const sealed = await seal(own.key, 'HBV');
  const [head = '', key = '', iv = '', text = '', tag = ''] = sealed.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as object;
  const plain = Buffer.from(JSON.stringify({ ...header, alg: 'dir', enc: 'A128GCM' })).toString('base64url');
  const changed = [
    [head, key, iv, text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`, tag],
    [head, key, iv, text, tag.slice(0, -4)],
    [plain, key, iv, text, tag],
    [head, key, iv, 'A'.repeat(100_000), tag],
    [''],
  ];
  for (const parts of changed) expect(await own.open(parts.join('.'))).toBeNull();
});

test('two answers that say the same look different', async () => {
  const { key } = await createSeal();
  expect(await seal(key, 'NONE')).not.toBe(await seal(key, 'NONE'));
});
