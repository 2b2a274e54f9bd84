/** Sends one file to a station and listens to what the station says while it reads: both directions stream. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { request } from 'undici';
import { z } from 'zod';

import { ImportEvent, ImportSummary } from '#schema/import.ts';
import type { ImportKind, ImportRejection } from '#schema/import.ts';

import { Problem, systemCodeOf } from './problem.ts';
import type { SignedIn } from './sign-in.ts';

const Failed = z.object({ errors: z.array(z.object({ message: z.string() })) });

/** How an upload ended. A file is imported whole or not at all. */
export type UploadResult =
  | { readonly state: 'imported'; readonly summary: ImportSummary }
  | { readonly state: 'refused' | 'unreachable'; readonly sentence: string };

export interface Upload {
  /** The base URL of the station. */
  readonly url: string;
  /** Who sends it. */
  readonly signedIn: SignedIn;
  readonly kind: ImportKind;
  readonly file: string;
  readonly onProgress: (bytes: number, rows: number) => void;
  readonly onRejected: (rejection: ImportRejection) => void;
  readonly signal?: AbortSignal | undefined;
}

export async function upload(job: Upload): Promise<UploadResult> {
  let handle: FileHandle;
  try {
    handle = await open(job.file);
  } catch (error) {
    return unreadable(error);
  }
  const body = handle.createReadStream();
  let readError: Error | undefined;
  body.once('error', (error) => (readError = error));
  try {
    return await send(job, body);
  } catch (error) {
    job.signal?.throwIfAborted();
    if (readError !== undefined) return unreadable(readError);
    if (error instanceof Problem) return { state: 'refused', sentence: error.message };
    const why = systemCodeOf(error) ?? 'it broke off';
    return {
      state: 'unreachable',
      sentence: `The station cannot be reached (${why}); nothing of the file is known to be imported.`,
    };
  } finally {
    body.destroy();
  }
}

function unreadable(error: unknown): UploadResult {
  const why = systemCodeOf(error) === 'EISDIR' ? 'it is a folder' : (systemCodeOf(error) ?? 'unknown error');
  return { state: 'refused', sentence: `The file cannot be read (${why}).` };
}

async function send(job: Upload, body: Readable): Promise<UploadResult> {
  const answer = await request(new URL(`/import/${job.kind}`, job.url), {
    method: 'POST',
    headers: { ...job.signedIn, 'content-type': 'text/csv', accept: 'application/x-ndjson' },
    body,
    // A long file is silent for as long as the database works: only a connection that breaks ends the wait.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(job.signal && { signal: job.signal }),
  });
  // A file that is refused has the status of a failure, and the sentence all the same.
  if (answer.headers['content-type']?.includes('ndjson') !== true) {
    const said = Failed.safeParse(await answer.body.json().catch(() => undefined)).data?.errors[0]?.message;
    throw new Problem(`The station does not take it: ${said ?? `HTTP status ${answer.statusCode}`}`, 'failed');
  }
  for await (const line of createInterface({ input: answer.body })) {
    const end = hear(line, job);
    if (end !== undefined) return end;
  }
  return {
    state: 'unreachable',
    sentence: 'The station broke off before the end; nothing of the file is known to be imported.',
  };
}

/** What a line of the answer means for the caller; the end, when it is the last one. */
function hear(line: string, { onProgress, onRejected }: Upload): UploadResult | undefined {
  const event = parseEvent(line);
  switch (event.type) {
    case 'progress':
      onProgress(event.bytes, event.rows);
      return undefined;
    case 'rejected':
      onRejected(event);
      return undefined;
    case 'summary':
      return { state: 'imported', summary: ImportSummary.parse(event) };
    case 'fault':
      return { state: 'refused', sentence: event.message };
  }
}

function parseEvent(line: string): ImportEvent {
  try {
    return ImportEvent.parse(JSON.parse(line));
  } catch (cause) {
    throw new Problem(
      'The station answers in a form this command does not know: are both of the same version?',
      'failed',
      { cause },
    );
  }
}
