/**
 * What people do at a station, as its modules would do it: own record and outbox row in one transaction, checks, permits.
 * Whatever is acknowledged is in the ledger.
 */
import { civilDateOf } from '#schema/calendar.ts';
import type { Decision } from '#schema/decision.ts';
import type { Policy, Member } from '#schema/directory.ts';
import type { EventBody, ReportedDonation } from '#schema/events.ts';
import type { DonorToken, EventId } from '#schema/ids.ts';
import { partitionOf } from '#schema/partition.ts';
import type { Procedure } from '#schema/procedures.ts';
import type { RuleSet } from '#schema/rule-set.ts';
import type { ClaimOutcome } from '#node/domain/history.ts';
import type { ClockPort, LogTimePort, OutboxPort } from '#node/ports.ts';
import type { Relay } from '#node/replication/relay.ts';

import type { Disk } from './disk.ts';
import type { Ledger } from './ledger.ts';
import type { Life } from './scheduler.ts';
import { databaseFault } from './virtual-outbox.ts';
import type { World } from './world.ts';

export interface OperationParts {
  readonly world: World;
  readonly life: Life;
  readonly member: Member;
  readonly policy: Policy;
  readonly ruleSet: RuleSet;
  readonly disk: Disk;
  readonly ledger: Ledger;
  readonly clock: ClockPort;
  readonly newId: (after?: EventId) => EventId;
  readonly outbox: OutboxPort;
  readonly logTime: LogTimePort;
  readonly check: (token: DonorToken, procedure: Procedure) => Promise<Decision>;
  /** What became of an own claim, as soon as it is known here. */
  readonly outcomeOf: (id: EventId) => Promise<ClaimOutcome>;
  /** Something was put into the outbox. */
  readonly onTold: () => void;
  /** Puts an event into the outbox and sends it, where the relay has nothing else to do; answers whether it did. */
  readonly atOnce: Relay['tell'];
  readonly onAnswer: (answer: {
    readonly token: DonorToken;
    readonly decision: Decision;
    readonly askedAt: number;
    readonly answeredAt: number;
  }) => void;
}

/** A permit as the chair holds it. */
export interface HeldPermit {
  readonly id: EventId;
  readonly token: DonorToken;
  readonly procedure: Procedure;
}

interface Telling {
  readonly id: EventId;
  readonly token: DonorToken;
  readonly body: EventBody;
}

export type Operations = ReturnType<typeof createOperations>;

/** How long a chair waits for its permit, and how long its claim is good for, in log time. */
const patienceMs = 45_000;

export function createOperations(parts: OperationParts) {
  const { world, life, member, policy, ruleSet, disk, ledger, clock, newId, outbox, logTime, check, outcomeOf } = parts;

  /** One transaction: what `change` does to the own tables, and the rows of the outbox it answers. */
  async function tell(label: string, change: () => readonly Telling[]): Promise<readonly Telling[]> {
    const told = await world.scheduler.call(
      life,
      label,
      () => {
        const changes = change();
        for (const { id, token, body } of changes) {
          const partition = partitionOf(token, policy.logPartitions);
          disk.outbox.push({ id, partition, seq: null, token, at: clock.now(), body });
          ledger.wrote({ id, station: member.code, token, body, committedAt: world.now() });
        }
        return changes;
      },
      { fault: databaseFault },
    );
    parts.onTold();
    for (const { id } of told) ledger.acknowledged(member.code, id, world.now());
    return told;
  }

  async function checked(token: DonorToken, procedure: Procedure): Promise<Decision> {
    const askedAt = world.now();
    const decision = await check(token, procedure);
    world.trace.note(`${member.code} answers ${decision.verdict} on ${procedure} of ${token.slice(0, 4)}`);
    parts.onAnswer({ token, decision, askedAt, answeredAt: world.now() });
    return decision;
  }

  const release = async (token: DonorToken, of: EventId): Promise<void> => {
    await tell('releases a permit', () => [{ id: newId(), token, body: { type: 'permit.released', of } }]);
  };

  /** The claim's outcome, or null when nobody waits for it any more. */
  async function awaited(id: EventId): Promise<ClaimOutcome | null> {
    const deadline = world.now() + patienceMs;
    const late = world.scheduler.call(life, 'has waited enough', () => null, { ready: () => world.now() >= deadline });
    return Promise.race([outcomeOf(id), late]);
  }

  const claimOf = (procedure: Procedure, latest: number): EventBody => ({
    type: 'permit.claimed',
    procedure,
    lifetimeMs: policy.permitMs,
    notAfter: Math.ceil(latest) + patienceMs,
    ruleSet: { id: ruleSet.id, hash: ruleSet.hash },
  });

  return {
    checked,

    /** What only a lying station does: a claim under the id of another's, for the same donor or for somebody else. */
    async repeatClaim(token: DonorToken, procedure: Procedure): Promise<void> {
      await tell('repeats a claim', () => {
        const claims = disk.copies
          .flatMap(({ events }) => [...events.values()].map(({ event }) => event))
          .filter(({ origin, body }) => origin !== member.code && body.type === 'permit.claimed');
        const last = claims.findLast((claim) => disk.outbox.every(({ id }) => id !== claim.id));
        if (last === undefined) return [];
        const donor = world.random.chance(0.7) ? last.token : token;
        return [{ id: last.id, token: donor, body: claimOf(procedure, logTime.latest() ?? 0) }];
      });
    },

    async donate(token: DonorToken, donation: ReportedDonation, permit: EventId | null): Promise<void> {
      await tell('records a donation', () => {
        const id = newId();
        disk.donations.set(id, { token, eventId: id, donation });
        return [{ id, token, body: { type: 'donation.recorded', donation, permit } }];
      });
    },

    /** @param donation what it was in truth; null when it was another donor's. */
    async correct(of: EventId, donation: ReportedDonation | null, otherToken: DonorToken): Promise<void> {
      await tell('corrects a donation', () => {
        const known = disk.donations.get(of);
        if (known === undefined) return [];
        const { token } = known;
        const before = disk.outbox.filter(({ body }) => body.type === 'donation.corrected' && body.of === of);
        const last = before
          .map(({ id }) => id)
          .sort()
          .at(-1);
        const corrected: Telling = { id: newId(last), token, body: { type: 'donation.corrected', of, donation } };
        if (donation !== null) {
          disk.donations.set(of, { ...known, donation });
          return [corrected];
        }
        disk.donations.delete(of);
        if (otherToken === token) return [corrected];
        const id = newId();
        disk.donations.set(id, { token: otherToken, eventId: id, donation: known.donation });
        return [
          corrected,
          { id, token: otherToken, body: { type: 'donation.recorded', donation: known.donation, permit: null } },
        ];
      });
    },

    async setBar(token: DonorToken, since: Date): Promise<void> {
      await tell('sets a bar', () => {
        const id = newId();
        const day = civilDateOf(since);
        disk.bars.set(id, { token, eventId: id, since: day, until: null });
        return [{ id, token, body: { type: 'bar.set', since: day } }];
      });
    },

    async liftBar(of: EventId): Promise<void> {
      await tell('lifts a bar', () => {
        const bar = disk.bars.get(of);
        const today = civilDateOf(clock.now());
        if (bar?.until !== null || today < bar.since) return [];
        disk.bars.set(of, { ...bar, until: today });
        return [{ id: newId(), token: bar.token, body: { type: 'bar.lifted', of, until: today } }];
      });
    },

    async register(token: DonorToken): Promise<void> {
      await tell('registers', () => {
        const today = civilDateOf(clock.now());
        const isHere = [...disk.registrations.values()].some((each) => each.token === token && each.until === null);
        if (isHere) return [];
        const id = newId();
        disk.registrations.set(id, { token, eventId: id, since: today, until: null });
        return [{ id, token, body: { type: 'registration.claimed', since: today } }];
      });
    },

    async unregister(of: EventId): Promise<void> {
      await tell('ends a registration', () => {
        const registration = disk.registrations.get(of);
        const today = civilDateOf(clock.now());
        if (registration?.until !== null || today < registration.since) return [];
        disk.registrations.set(of, { ...registration, until: today });
        return [{ id: newId(), token: registration.token, body: { type: 'registration.released', of, until: today } }];
      });
    },

    release,

    /** As the module does it: checked, claimed, answered once the own copy shows what became of it. */
    async requestPermit(token: DonorToken, procedure: Procedure): Promise<HeldPermit | null> {
      const decision = await checked(token, procedure);
      const latest = logTime.latest();
      if (decision.verdict !== 'ELIGIBLE' || latest === null) return null;
      const id = newId();
      const claimedAt = world.now();
      const outcome = awaited(id);
      const body = claimOf(procedure, latest);
      const partition = partitionOf(token, policy.logPartitions);
      if (await parts.atOnce({ id, partition, token, at: clock.now(), body }))
        ledger.acknowledged(member.code, id, world.now());
      else await tell('claims a permit', () => [{ id, token, body }]);
      const became = await outcome;
      world.trace.note(`${member.code} claimed ${procedure} for ${token.slice(0, 4)}: ${became ?? 'nobody waits'}`);
      if (became === 'GRANTED') {
        ledger.answered({ id, station: member.code, token, claimedAt, answeredAt: world.now() });
        return { id, token, procedure };
      }
      if (became !== null) return null;
      if (!(await outbox.withdraw(id)))
        void outcomeOf(id)
          .then((late) => (late === 'GRANTED' ? release(token, id) : undefined))
          .catch(() => undefined);
      return null;
    },
  };
}
