/** Whoever asks in a bench. */
import { Pseudonym } from '#schema/caller.ts';
import type { Asker } from '#schema/caller.ts';

export const asker: Asker = {
  role: 'DESK',
  subject: Pseudonym.parse('bench'),
  purpose: 'DONATION',
  case: null,
};
