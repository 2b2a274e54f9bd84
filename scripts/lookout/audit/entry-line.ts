/** An entry of the record in a line for people. */
import { AuditPayload } from '#schema/audit.ts';

/** What is shown of an entry. */
export interface ShownEntry {
  readonly seq: number;
  readonly at: string | null;
  readonly kind: string | null;
  readonly who: string | null;
  readonly purpose: string | null;
  readonly what: string | null;
  readonly outcome: string | null;
}

const erased = { at: null, kind: null, who: null, purpose: null, what: null, outcome: null };

/** Who it was: the member, the role and the pseudonym, which only their organisation can trace back. */
function whoOf(payload: AuditPayload): Pick<ShownEntry, 'who' | 'purpose'> {
  if (!('caller' in payload) || payload.caller === null) return { who: null, purpose: null };
  const { member, role, subject, purpose } = payload.caller;
  return { who: `${member} ${role} ${subject}`, purpose: purpose ?? null };
}

function whatOf(payload: AuditPayload): Pick<ShownEntry, 'what' | 'outcome'> {
  switch (payload.kind) {
    case 'ANSWERED':
      return { what: payload.field, outcome: [...new Set(payload.outcome)].join(', ') };
    case 'CHANGED':
      return { what: `${payload.field} ${payload.record ?? ''}`.trim(), outcome: payload.outcome };
    case 'ASKED':
      return { what: 'asked other stations', outcome: `${payload.answers.length} stations` };
    case 'REFUSED':
      return { what: payload.field, outcome: `${payload.code} x ${payload.times}` };
    case 'DIRECTORY':
      return { what: `version ${payload.version}`, outcome: 'taken' };
  }
}

/** @param payload the entry as it was written down; null when it was erased. */
export function shown({ seq, payload }: { readonly seq: number; readonly payload: string | null }): ShownEntry {
  const parsed = payload === null ? undefined : AuditPayload.safeParse(JSON.parse(payload)).data;
  if (parsed === undefined) return { seq, ...erased };
  return { seq, at: parsed.at, kind: parsed.kind, ...whoOf(parsed), ...whatOf(parsed) };
}
