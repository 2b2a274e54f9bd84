/** For measurements and tests of the bare server: a door that lets everybody in, to ask for everything. */
import { Pseudonym } from '#schema/caller.ts';
import { StationCode } from '#schema/ids.ts';
import type { Authority } from '#server/graphql/authority.ts';
import type { Door } from '#server/http/door.ts';

const visit = {
  caller: {
    from: 'OWN',
    member: StationCode.parse('310198B01'),
    role: 'DESK',
    subject: Pseudonym.parse('everybody'),
    purpose: 'DONATION',
    case: null,
    rights: ['OPEN_DOCUMENTS'],
  },
} as const;

export const openDoor: Door = { admit: () => Promise.resolve(visit) };
export const openAuthority: Authority = { assertMayAsk: () => undefined };
