/**
 * `npm run operations` writes schema/operations/manifest.json from the documents beside it; with `--check` it fails when the
 * committed one differs. A document that does not fit its schema is a failure in both cases.
 */
import { readFile, writeFile } from 'node:fs/promises';

import { buildManifest } from './operations/build.ts';

const check = process.argv.includes('--check');
const file = new URL('../schema/operations/manifest.json', import.meta.url);
const { manifest, problems } = await buildManifest(new URL('./', file));
const text = `${JSON.stringify(manifest, null, 2)}\n`;

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else if (!check) await writeFile(file, text);
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('schema/operations/manifest.json is not what its documents make: run npm run operations');
  process.exitCode = 1;
}
