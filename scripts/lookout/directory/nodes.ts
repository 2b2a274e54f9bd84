/** The nodes of a directory: what each has, and bringing each what is new. */
import { request } from 'undici';
import { z } from 'zod';

import type { Directory } from '#schema/directory.ts';
import { versionOf } from '#server/directory/prove.ts';

const patienceMs = 15_000;

export interface Node {
  readonly code: string;
  readonly endpoint: string;
}

/** Every gateway and member, in whichever of the directories it is. */
export function nodesOf(...directories: readonly (Directory | undefined)[]): Node[] {
  const all = directories.flatMap((one) => (one === undefined ? [] : [...one.gateways, ...one.members]));
  return [...new Map(all.map(({ code, endpoint }) => [code, { code, endpoint }])).values()];
}

/** The version a node has; null when it does not answer. */
export async function versionAt({ endpoint }: Node): Promise<number | null> {
  try {
    const { statusCode, body } = await request(new URL('/directory', endpoint), {
      headersTimeout: patienceMs,
      bodyTimeout: patienceMs,
    });
    const text = await body.text();
    return statusCode === 200 ? (versionOf(text) ?? null) : null;
  } catch {
    return null;
  }
}

const Answer = z.object({ outcome: z.string(), reason: z.string() });

export interface Brought extends Node {
  /** What it made of it; `UNREACHABLE` when it does not answer. */
  readonly outcome: string;
  readonly reason: string;
}

export async function bring(node: Node, text: string): Promise<Brought> {
  try {
    const { body } = await request(new URL('/directory', node.endpoint), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
      headersTimeout: patienceMs,
      bodyTimeout: patienceMs,
    });
    return { ...node, ...Answer.parse(await body.json()) };
  } catch {
    return { ...node, outcome: 'UNREACHABLE', reason: 'it takes it from another node once it is back' };
  }
}
