/** Ways to break a station on purpose, to see that the checker sees it. Each takes a true part and gives a false one. */
import type { ClaimOutcomes, History } from '#node/domain/history.ts';
import type { Watermarks } from '#node/domain/watermark.ts';
import type { IsSuspended } from '#node/domain/suspension.ts';
import type { FreshnessPort, InboxPort, LogPort, LogTimePort, OutboxPort, OwnStandingPort } from '#node/ports.ts';
import type { JudgingAgain } from '#node/replication/judging-again.ts';

import type { VirtualClock } from './virtual-clock.ts';
import type { World } from './world.ts';

type Break<Part> = (part: Part, world: World, clock: VirtualClock) => Part;

/** What may be exchanged in a station. */
export interface Breakage {
  readonly outbox?: Break<OutboxPort>;
  readonly inbox?: Break<InboxPort>;
  readonly log?: Break<LogPort>;
  readonly logTime?: Break<LogTimePort>;
  readonly freshness?: Break<FreshnessPort>;
  readonly watermarks?: Break<Watermarks>;
  readonly judge?: Break<(history: History) => ClaimOutcomes>;
  readonly isSuspended?: Break<() => IsSuspended | null>;
  readonly judgingAgain?: Break<JudgingAgain>;
  readonly standing?: Break<OwnStandingPort>;
}

export const broken = {
  'a relay that leaves out a fact': {
    log: (log, { random }) => ({
      ...log,
      append(topic, entries) {
        const kept = topic === 'donors' && random.chance(0.05) ? entries.slice(1) : entries;
        return log.append(topic, kept.length === 0 ? entries : kept);
      },
    }),
  },
  'a relay that notes as sent what it has still to send': {
    outbox: (outbox) => ({
      ...outbox,
      async next(limit, published) {
        const events = await outbox.next(limit, published);
        await outbox.next(1, new Map(events.map(({ partition, seq }) => [partition, seq])));
        return events;
      },
    }),
  },
  'a heartbeat that is said though the outbox is not drained': {
    outbox: (outbox) => ({ ...outbox, state: async (count) => ({ ...(await outbox.state(count)), isDrained: true }) }),
  },
  'a heartbeat as of when it was said, not of before the outbox was read': {
    logTime: (logTime) => ({ ...logTime, earliest: () => (logTime.latest() ?? 0) + 10_000 }),
  },
  'a heartbeat by the wall clock': {
    logTime: (_, __, { clock }) => ({ earliest: () => clock.now().getTime(), latest: () => clock.now().getTime() }),
  },
  'a freshness for which everybody is fresh who ever was': {
    freshness: (freshness, { now }) => ({
      current: () =>
        freshness.current().map((part) => ({
          ...part,
          state: 'REPLICATED' as const,
          asOf: new Date(now()).toISOString(),
          fault: null,
        })),
    }),
  },
  'a watermark that does not mind gaps': {
    watermarks: (watermarks) => ({
      ...watermarks,
      heard(origin, partition, heard) {
        watermarks.heard(origin, partition, { ...heard, upTo: heard.upTo + 1_000, forkedAt: null });
      },
    }),
  },
  'an applier that judges a claim by what it happens to know': {
    judge: (judge) => (history) => {
      const outcomes = new Map(judge(history));
      for (const event of history) if (event.claim !== null) outcomes.set(event, event.claim);
      return outcomes;
    },
  },
  'an applier that knows a claim by its id alone': {
    judge: (judge) => (history) => {
      const outcomes = judge(history);
      const byId = new Map([...outcomes].map(([{ id }, outcome]) => [id, outcome]));
      return new Map([...outcomes].map(([event, outcome]) => [event, byId.get(event.id) ?? outcome]));
    },
  },
  'an applier for which the last claim wins': {
    judge: (judge) => (history) => {
      const turned = new Map(history.map((event) => [{ ...event, offset: 1e9 - event.offset }, event]));
      return new Map([...judge([...turned.keys()])].map(([event, outcome]) => [turned.get(event) ?? event, outcome]));
    },
  },
  'an applier that moves on before it has applied': {
    inbox: (inbox, { random }) => ({
      ...inbox,
      transact: (partition, origins, work) =>
        inbox.transact(partition, origins, (transaction) =>
          work({
            ...transaction,
            add: (events) => {
              transaction.add(random.chance(0.02) ? [] : events);
            },
          }),
        ),
    }),
  },
  'a station for which what is said under suspension counts': { isSuspended: () => () => null },
  'a station that judges nothing again': { judgingAgain: () => ({ step: () => Promise.resolve(false) }) },
  'a desk that does not mind its own suspension': { standing: () => ({ fault: () => null }) },
} as const satisfies Record<string, Breakage>;
