/** Makes the pages that services serve, in console/generated: the types of what they ask, and then what a browser loads. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'vite';

import { writeDocuments } from './console/documents.ts';

const root = path.resolve(import.meta.dirname, '..');
const documents = path.join(root, 'console/lib/generated/documents.ts');

await mkdir(path.dirname(documents), { recursive: true });
await writeFile(documents, await writeDocuments(root));
await build({ configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn' });
