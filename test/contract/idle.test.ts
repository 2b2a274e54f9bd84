/** A station that has nothing to do costs next to nothing: kafkajs is patched (`patches/`), and this sees it. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, inject, test } from 'vitest';

describe.skipIf(inject('kafka') === '')('an idle log on Kafka', () => {
  test('takes less than one hundredth of a core while it reads and may write', async () => {
    const program = fileURLToPath(new URL('./idle-log.ts', import.meta.url));
    const prefix = `idle-${randomBytes(6).toString('hex')}`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, inject('kafka'), prefix]);
    expect(Number(stdout)).toBeLessThan(0.01);
    // What the unpatched client makes Node say.
    expect(stderr).not.toContain('TimeoutNegativeWarning');
  });
});
