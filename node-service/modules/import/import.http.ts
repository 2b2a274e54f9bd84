/**
 * `POST /import/donations`, `/import/lookouts`, `/import/registrations`: the body is one file as it is, the answer is
 * NDJSON as it goes, one `ImportEvent` a line. A file that is refused before anything was said of it has the status of a
 * failure too; later the last line is the only word on it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Pool } from 'pg';
import type { Logger } from 'pino';

import type { Caller } from '#schema/caller.ts';
import type { FileFaultCode } from '#schema/codes.ts';
import { faults } from '#schema/codes.ts';
import type { Member } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import { ImportKind } from '#schema/import.ts';
import type { ImportEvent } from '#schema/import.ts';

import type { AuditPort } from '../../audit-port.ts';
import type { Telling } from '../../db/outbox.ts';
import { FieldEntry } from '../../graphql/field-entry.ts';
import type { ClockPort, TokenPort } from '../../ports.ts';
import { FileFault } from './file-fault.ts';
import { importFile } from './import.ts';
import { readProfile } from './profile.ts';

export interface ImportRouteDependencies {
  readonly pool: Pool;
  readonly tokens: TokenPort;
  readonly clock: ClockPort;
  readonly station: Pick<Member, 'code' | 'kind'>;
  readonly log: Logger;
  readonly telling: Telling;
  readonly audit: AuditPort;
}

/** One upload. */
interface Exchange {
  readonly id: string;
  readonly caller: Caller | null;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** An upload holds the table's turn: one that has gone silent for so long is taken for cut off. */
const stallMs = 60_000;

const statusOf: Readonly<Record<FileFaultCode, number>> = {
  WRONG_ENCODING: 422,
  MISSING_COLUMN: 422,
  BROKEN_QUOTE: 422,
  NOT_CSV: 422,
  RECORD_TOO_LONG: 422,
  EMPTY_FILE: 422,
  CUT_OFF: 400,
  DATABASE_UNAVAILABLE: 503,
};

/** The body as it arrives. The request outlives it: after a refusal the rest is dropped, and the answer still arrives. */
async function* bytesOf(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  const arm = () => setTimeout(() => request.destroy(), stallMs);
  let timer = arm();
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      clearTimeout(timer);
      yield chunk as Uint8Array;
      timer = arm();
    }
  } finally {
    clearTimeout(timer);
  }
}

function createLines({ id, response }: Exchange) {
  return (event: ImportEvent, status: number): void => {
    if (response.destroyed) return;
    if (!response.headersSent) {
      response.writeHead(status, {
        'content-type': 'application/x-ndjson; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': id,
      });
    }
    // What is not read yet waits in memory; it is bounded, as the lines are.
    response.write(`${JSON.stringify(event)}\n`);
  };
}

function faultEvent(error: unknown): { readonly event: ImportEvent; readonly status: number } {
  if (error instanceof FileFault) {
    const { code, sentence } = error;
    const event: ImportEvent = { type: 'fault', code, message: sentence.en, messageZh: sentence.zh };
    return { event, status: statusOf[code] };
  }
  const { en, zh } = faults.INTERNAL;
  return { event: { type: 'fault', code: 'INTERNAL', message: en, messageZh: zh }, status: 500 };
}

/** An error of the database may quote the row it is about in its details: only what it is goes to the log. */
function causeOf(error: unknown): string {
  const cause = error instanceof FileFault ? (error.cause ?? error) : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : 'unknown';
}

async function answer(deps: ImportRouteDependencies, exchange: Exchange): Promise<void> {
  const { id, caller, request, response, parameters } = exchange;
  if (caller === null) throw new Fault('INTERNAL');
  const kind = ImportKind.parse(parameters['kind']);
  const { audit, clock } = deps;
  const entry = new FieldEntry({ field: `POST /import/${kind}`, isMutation: true, audit, caller, clock });
  const say = createLines(exchange);
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  try {
    const profile = await readProfile(deps.station.code);
    const input = bytesOf(request);
    const onEvent = (event: ImportEvent) => {
      say(event, 200);
    };
    const summary = await importFile({ kind, input, deps: { ...deps, profile }, entry, onEvent, signal: gone.signal });
    say({ type: 'summary', ...summary }, 200);
    deps.log.info({ requestId: id, kind, ...summary }, 'imported');
  } catch (error) {
    const { event, status } = faultEvent(error);
    // Nothing was changed; when even that cannot be written down, the answer says no more than that.
    const refused = error instanceof FileFault ? error.code : 'INTERNAL';
    await entry.answered({ refused }).catch(() => undefined);
    say(event, status);
    const level = status === 500 ? 'error' : 'warn';
    deps.log[level](
      { requestId: id, kind, code: 'code' in event && event.code, cause: causeOf(error) },
      'not imported',
    );
  }
  response.end();
}

/** The route, for the server to mount. */
export function createImportRoute(deps: ImportRouteDependencies) {
  return {
    method: 'POST',
    path: `/import/:kind(${ImportKind.options.join('|')})`,
    handle: (exchange: Exchange) => answer(deps, exchange),
  };
}
