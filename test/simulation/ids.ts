/** Names in a simulation: donors, stations, and event ids that a process makes the way UUID version 7 is made. */
import { createHash } from 'node:crypto';

import { Policy } from '#schema/directory.ts';
import type { Directory, Member } from '#schema/directory.ts';
import { DonorToken, EventId } from '#schema/ids.ts';
import type { ClockPort } from '#node/ports.ts';
import { directoryOf, memberOf } from '#test/support/directory.ts';

import type { Random } from './random.ts';

export const tokens: readonly DonorToken[] = Array.from({ length: 6 }, (_, donor) =>
  DonorToken.parse(createHash('sha256').update(`donor ${donor}`).digest('base64url')),
);

const codes = ['310198B01', '320198B01', '330198B01', '330798P01', '361098P01'];

export const partitions = 3;

export const directory: Directory = directoryOf(
  codes.map((code) => memberOf(code)),
  {
    policy: Policy.parse({ logPartitions: partitions, heartbeatMs: 1_000, freshMs: 45_000, permitMs: 30 * 60_000 }),
  },
);

export const members: readonly Member[] = directory.members;

/**
 * Ids of one process: they rise while it lives, also when its clock is set back, like those of the package uuid; the next
 * process begins from its clock again. One that is made after another one is greater than that in any case.
 */
export function createIds(random: Random, clock: ClockPort): (after?: EventId) => EventId {
  let last = 0;
  let count = 0;
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const timeOf = (id: EventId): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return (after) => {
    const now = Math.max(clock.now().getTime(), after === undefined ? 0 : timeOf(after) + 1);
    count = now > last ? 0 : count + 1;
    last = Math.max(now, last);
    const time = hex(last, 12);
    const noise = hex(random.whole(0, 0xffff_ffff), 8);
    return EventId.parse(
      `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count, 3)}-8${noise.slice(0, 3)}-${hex(0, 7)}${noise.slice(3)}`,
    );
  };
}
