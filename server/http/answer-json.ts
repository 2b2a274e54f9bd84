/** The JSON of a station's answer. */
import { Fault } from '#schema/errors.ts';
import type { StationCode } from '#schema/ids.ts';

const hasErrors = (json: unknown) =>
  typeof json === 'object' && json !== null && 'errors' in json && Array.isArray(json.errors) && json.errors.length > 0;

/** The JSON of a station's answer, or the `Fault` that says what is wrong with it. */
export function jsonOf(
  station: StationCode,
  { status, body }: { readonly status: number; readonly body: string },
): unknown {
  const fault = (code: 'STATION_FAILED' | 'STATION_BAD_ANSWER', cause: unknown) => new Fault(code, { station, cause });
  if (status >= 400) throw fault('STATION_FAILED', `HTTP status ${status}`);
  if (status !== 200) throw fault('STATION_BAD_ANSWER', `HTTP status ${status}`);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // The parser's message quotes the body, which is no business of the log.
    throw fault('STATION_BAD_ANSWER', 'not JSON');
  }
  if (hasErrors(json)) throw fault('STATION_FAILED', 'GraphQL errors');
  return json;
}
