/** Whoever asks in tests that are not about who asks. */
import { Pseudonym } from '#schema/caller.ts';
import type { Asker } from '#schema/caller.ts';

export const asker: Asker = {
  role: 'DESK',
  subject: Pseudonym.parse('somebody-at-a-desk'),
  purpose: 'DONATION',
  case: null,
};
