/** What one field of `Query` or `Mutation` leaves in the record, gathered while it is resolved. */
import type { AuditPayload, AuditReference } from '#schema/audit.ts';
import { digestOfDonor } from '#schema/audit.ts';
import type { Caller } from '#schema/caller.ts';
import type { Counted } from '#schema/count-families.ts';
import { Fault } from '#schema/errors.ts';
import type { Digest, DonorToken } from '#schema/ids.ts';

import type { AuditPort, Change, Entry, RawTransaction } from '../audit-port.ts';
import type { ClockPort } from '../ports.ts';
import { outcomesOf, recordOf } from './outcome.ts';
import { isRefusal } from './refused.ts';

interface Asked {
  readonly field: string;
  readonly isMutation: boolean;
  readonly audit: AuditPort;
  readonly caller: Caller;
  readonly clock: ClockPort;
}

/** The most donors and outcomes of one entry. */
const most = 1_000;

export class FieldEntry implements Entry {
  readonly #asked: Asked;
  readonly #donors: Digest[] = [];
  readonly #counted: Counted[] = [];
  #written: AuditReference | undefined;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  about(...donors: readonly DonorToken[]): void {
    for (const donor of donors) if (this.#donors.length < most) this.#donors.push(digestOfDonor(donor));
  }

  count(counted: readonly Counted[]): void {
    this.#counted.push(...counted);
  }

  async changed(transaction: RawTransaction, change: Change): Promise<void> {
    this.#written = await this.#asked.audit.recordIn(
      async (text, values) => (await transaction.$queryRawUnsafe(text, ...values)) as readonly unknown[],
      this.#changed(change),
      this.#counted,
    );
  }

  /** Writes the entry, unless what was changed is written down already. What is refused has changed nothing. */
  async answered(answer: object | null): Promise<void> {
    if (this.#written !== undefined && !(answer !== null && isRefusal(answer))) return;
    this.#written = await this.#asked.audit.record(
      this.#asked.isMutation
        ? this.#changed({ record: recordOf(answer), outcome: outcomesOf(answer)[0] ?? 'UNCHANGED' })
        : this.#answered(outcomesOf(answer).slice(0, most)),
      this.#counted,
    );
  }

  reference(): AuditReference {
    // Whoever asks for it is part of the answer, and that comes after the entry.
    if (this.#written === undefined) throw new Fault('INTERNAL');
    return this.#written;
  }

  get #common() {
    const { field, caller, clock } = this.#asked;
    const { from, member, role, subject, purpose, case: number } = caller;
    return {
      at: clock.now().toISOString(),
      caller: { from, member, role, subject, purpose, case: number },
      field,
      donors: this.#donors,
    };
  }

  #changed(change: Change): AuditPayload {
    return { kind: 'CHANGED', ...this.#common, ...change };
  }

  #answered(outcome: string[]): AuditPayload {
    return { kind: 'ANSWERED', ...this.#common, outcome, request: null, answer: null, signed: null };
  }
}
