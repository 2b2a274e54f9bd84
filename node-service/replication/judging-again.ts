/**
 * When the directory tells of a suspension, or of its end, what was said since then counts otherwise than it did: the donors it
 * was said of are judged again, partition by partition. How far that has come is kept, so that a restart misses nothing.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Member, Suspension } from '#schema/directory.ts';
import type { DonorToken, StationCode } from '#schema/ids.ts';

import { countedOf, judgeCounted } from '../domain/suspension.ts';
import type { IsSuspended } from '../domain/suspension.ts';
import type { DirectoryPort, InboxPort } from '../ports.ts';
import { settle } from './applier-settling.ts';
import type { Conclusions } from './applier-settling.ts';
import type { AppliedBatch } from './applier.ts';

const donorsAtOnce = 200;

/** The same conclusions, from what counts alone. */
export function fromWhatCounts(
  { judge, conflictsOf }: Conclusions,
  suspendedNow: () => IsSuspended | null,
): Conclusions {
  return {
    judge: (history) => judgeCounted(history, suspendedNow(), judge),
    conflictsOf: (token, history) => conflictsOf(token, countedOf(history, suspendedNow())),
  };
}

export interface JudgingAgainOptions extends Conclusions {
  readonly inbox: Pick<InboxPort, 'transact' | 'suspensions' | 'noteSuspensions'>;
  readonly directory: DirectoryPort;
  readonly station: StationCode;
  readonly partitions: number;
  readonly onApplied: (applied: AppliedBatch) => void;
}

export interface JudgingAgain {
  /** Judges again what is to be judged again, if anything; answers whether the directory changed meanwhile. */
  step(): Promise<boolean>;
}

/** The members whose suspensions are not those the copy was judged under, and the earliest moment that concerns. */
function changesOf(members: readonly Member[], judged: ReadonlyMap<StationCode, readonly Suspension[]>) {
  const current = new Map(members.map(({ code, suspensions }) => [code, suspensions]));
  const codes = new Set([...judged.keys(), ...current.keys()]);
  return [...codes].flatMap((origin) => {
    const [before, suspensions] = [judged.get(origin) ?? [], current.get(origin) ?? []];
    if (isDeepStrictEqual(before, suspensions)) return [];
    const since = Math.min(...[...before, ...suspensions].map((one) => Date.parse(one.since)));
    return [{ origin, suspensions, since }];
  });
}

export function createJudgingAgain(options: JudgingAgainOptions): JudgingAgain {
  const { inbox, directory, partitions, onApplied } = options;
  let done: readonly Member[] | undefined;

  /** Answers the last of them, to go on after; null when there are no more. */
  async function judgeSome(
    partition: number,
    { origin, since }: { readonly origin: StationCode; readonly since: number },
    after: DonorToken | null,
  ): Promise<DonorToken | null> {
    // The transaction waits for one that concludes by the directory as it was, and so finds what that has kept.
    const { tokens, position, claims } = await inbox.transact(partition, [], async (transaction) => {
      const found = await transaction.donorsOf(origin, { since, after, limit: donorsAtOnce });
      const concerned = { tokens: new Set(found), toJudge: new Set(found), from: 0 };
      return { tokens: found, position: transaction.position, claims: await settle(transaction, options, concerned) };
    });
    onApplied({ partition, records: 0, position, end: null, heard: [], claims });
    return tokens.length < donorsAtOnce ? null : (tokens.at(-1) ?? null);
  }

  return {
    async step() {
      const { members } = directory.current();
      if (members === done) return false;
      for (const change of changesOf(members, await inbox.suspensions())) {
        for (let partition = 0; partition < partitions; partition += 1) {
          let after: DonorToken | null = null;
          do after = await judgeSome(partition, change, after);
          while (after !== null);
        }
        await inbox.noteSuspensions(change.origin, change.suspensions);
      }
      done = members;
      return directory.current().members !== members;
    },
  };
}
