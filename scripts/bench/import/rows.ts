/**
 * Made-up donations for the import bench: the CSV of a station and the same rows as a bare COPY would take them. Four
 * draws a donor; county code 98 is assigned nowhere, so no identity number here belongs to anyone.
 */

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const firstMoment = Date.UTC(2020, 0, 1);
const minutesCovered = 6 * 365 * 24 * 60;

export const heading = 'donation_no,document_type,document_number,procedure,collected_at,volume_ml,outcome\r\n';

const two = (value: number) => String(value).padStart(2, '0');

function residentNumberOf(donor: number): string {
  const birthday = `${1950 + (donor % 55)}${two(1 + (donor % 12))}${two(1 + (donor % 28))}`;
  const digits = `33${two(1 + (Math.floor(donor / 1000) % 80))}98${birthday}${String(donor % 1000).padStart(3, '0')}`;
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return digits + ('10X98765432'[sum % 11] ?? '');
}

interface Draw {
  readonly number: string;
  readonly donor: number;
  readonly procedure: string;
  /** Local time. */
  readonly day: string;
  readonly time: string;
  readonly volume: number;
}

function drawOf(index: number): Draw {
  // Spread over the years as an export sorted by number is, not by time.
  const moment = new Date(firstMoment + ((index * 7919) % minutesCovered) * 60_000).toISOString();
  return {
    number: `330198B01${String(index).padStart(10, '0')}`,
    donor: Math.floor(index / 4),
    procedure: index % 3 === 0 ? 'PLATELETS' : 'WHOLE_BLOOD',
    day: moment.slice(0, 10),
    time: moment.slice(11, 19),
    volume: 200 + (index % 3) * 100,
  };
}

/** A line of the station's file. */
export function csvLine(index: number): string {
  const { number, donor, procedure, day, time, volume } = drawOf(index);
  return `${number},01,${residentNumberOf(donor)},${procedure},${day}T${time}+08:00,${volume},COMPLETE\r\n`;
}

/** Any 32 bytes do for a token, if they lie as far apart as those of the real ones. */
const tokenOf = (donor: number): string =>
  Array.from({ length: 8 }, (_, word) =>
    (Math.imul(donor + 1, 0x9e3779b1 ^ (word * 0x85ebca6b)) >>> 0).toString(16).padStart(8, '0'),
  ).join('');

/** A UUID version 7 of its own for every row; they rise, as real ones do. */
const eventIdOf = (index: number): string =>
  `01a20000-${two(Math.floor(index / 1e6) % 100)}00-7000-8000-${String(index).padStart(12, '0')}`;

/** The same row for `COPY bare (donation_no, token, event_id, procedure, collected_at, collected_on, volume_ml, outcome)`. */
export function copyLine(index: number): string {
  const { number, donor, procedure, day, time, volume } = drawOf(index);
  const what = `${procedure}\t${day} ${time}+08\t${day}\t${volume}\tCOMPLETE`;
  return `${number}\t\\\\x${tokenOf(donor)}\t${eventIdOf(index)}\t${what}\n`;
}

/** What the federation is told of it, for `COPY bare_outbox (id, partition, token, at, body)`. */
export function outboxLine(index: number): string {
  const { donor, procedure, day, time, volume } = drawOf(index);
  const collectedAt = new Date(`${day}T${time}+08:00`).toISOString();
  const donation = { procedure, collectedAt, volumeMl: volume, outcome: 'COMPLETE' };
  const body = JSON.stringify({ type: 'donation.recorded', donation, permit: null });
  return `${eventIdOf(index)}\t${donor % 12}\t\\\\x${tokenOf(donor)}\t2026-11-21 12:00:00+08\t${body}\n`;
}

/** Lines in buffers of about 64 KiB, made as they are asked for. */
export function* buffersOf(rows: number, line: (index: number) => string, first = ''): Generator<Buffer> {
  let text = first;
  for (let index = 0; index < rows; index += 1) {
    text += line(index);
    if (text.length >= 65_536) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(text);
}
