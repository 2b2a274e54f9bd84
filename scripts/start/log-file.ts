/** Log files that cannot grow for ever: one that is long becomes `.1` and starts anew. */
import { closeSync, openSync } from 'node:fs';
import { copyFile, open, stat, truncate } from 'node:fs/promises';

const longestBytes = 8 * 2 ** 20;

/** Keeps one old file beside the current one. Who appends to it meanwhile goes on appending to the shortened file. */
export async function rotate(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size < longestBytes) return;
  await copyFile(file, `${file}.1`);
  await truncate(file, 0);
}

/** A descriptor to append to, for as long as `use` needs it. */
export function withAppending<T>(file: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, 'a');
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What a service said last, as a sentence: its log is a JSON object a line, a crash is plain text. */
export async function lastWords(file: string): Promise<string> {
  const text = await readTail(file).catch(() => '');
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith(' ') && !line.startsWith('Node.js v'));
  const telling = lines.findLast((line) => /"level":[56]0|Error/.test(line)) ?? lines.at(-1);
  if (telling === undefined) return 'it said nothing';
  const message = /"msg":"((?:[^"\\]|\\.)*)"/.exec(telling)?.[1];
  return message ?? telling.slice(0, 300);
}

const tailBytes = 8_192;

async function readTail(file: string): Promise<string> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  const { buffer, bytesRead } = await handle.read({
    buffer: Buffer.alloc(tailBytes),
    position: Math.max(0, size - tailBytes),
  });
  return buffer.toString('utf8', 0, bytesRead);
}
