/** Figures for regulators: from a question to what may be shown, and the line that says so before it is. */
import type { AggregateTable, StationPart } from '#schema/aggregate-table.ts';
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import type { Caller } from '#schema/caller.ts';
import { Pseudonym } from '#schema/caller.ts';
import { digestOf } from '#schema/digest.ts';
import type { Directory } from '#schema/directory.ts';
import type { GatewayCode } from '#schema/ids.ts';

import { isRefusal, refuse } from './answers.ts';
import type { AggregateAnswer } from './answers.ts';
import type { Place } from './axes.ts';
import type { Edition } from './edition.ts';
import type { Current, Editions, Occasion } from './editions.ts';
import { isAbout, planOf, readInput } from './plan.ts';
import type { Plan } from './plan.ts';
import type { QuestionLog } from './question-log.ts';
import { horizonOf } from './span.ts';
import { figuresOf, tableOf } from './view.ts';

/** A question as it came, and who asks it. */
export interface Asked {
  readonly input: unknown;
  readonly caller: Caller;
  readonly directory: Directory;
  readonly requestId: string;
}

export interface Aggregates {
  answer(asked: Asked): Promise<AggregateAnswer>;
  close(): Promise<void>;
}

export interface AggregatesOptions {
  readonly gateway: GatewayCode;
  readonly editions: Editions;
  readonly questions: QuestionLog;
}

/** A gateway that gathers nothing. */
export const noAggregates: Aggregates = {
  answer: () => Promise.resolve(refuse('AGGREGATE_ELSEWHERE')),
  close: () => Promise.resolve(),
};

const placesOf = ({ members }: Directory): Place[] =>
  members
    .map(({ code: station, province, kind }) => ({ station, province, kind }))
    .toSorted((one, other) => (one.station < other.station ? -1 : 1));

const latest = <Text extends string>(texts: readonly Text[]): Text | null =>
  texts.reduce<Text | null>((last, text) => (last === null || text > last ? text : last), null);

/** What each station has to do with a table. */
function partsOf({ asked }: Plan, { members }: Directory, currents: readonly Current[]): StationPart[] {
  const about = members.filter(({ code: station, province, kind }) => isAbout(asked, { station, province, kind }));
  return about
    .toSorted((one, other) => (one.code < other.code ? -1 : 1))
    .map(({ code: station, province, nameZh, nameEn }) => {
      const [fault = null] = currents.flatMap(({ faults }) => faults.get(station) ?? []);
      const said = currents.flatMap(({ heard }) => heard.filter((one) => one.station === station));
      const closedUntil = latest(said.map((one) => one.closedUntil));
      const heardAt = latest(said.map(({ at }) => at));
      return { station, province, nameZh, nameEn, heard: fault === null, fault, closedUntil, heardAt };
    });
}

export function createAggregates({ gateway, editions, questions }: AggregatesOptions): Aggregates {
  const hasRight = ({ gateways }: Directory): boolean =>
    gateways.some(({ code, rights }) => code === gateway && rights.includes('AGGREGATES'));

  const look = async (plan: Plan, asked: Asked, horizon: CivilDate): Promise<AggregateTable> => {
    const { directory, requestId, caller } = asked;
    // Stations write down which regulator it is for; its people are known here.
    const subject = Pseudonym.parse(caller.member);
    const asker: Occasion['asker'] = { role: 'NODE', subject, purpose: 'STATISTICS', case: null, rights: [] };
    const found = new Map<string, Edition>();
    const currents: Current[] = [];
    for (const { span } of plan.spans) {
      const current = await editions.current(span, { directory, horizon, asker, requestId });
      currents.push(current);
      if (current.edition !== undefined) found.set(span.period, current.edition);
    }
    const figures = figuresOf(plan, found, placesOf(directory));
    const stations = partsOf(plan, directory, currents);
    const closedUntil = latest([horizon, ...[...found.values()].map((edition) => edition.closedUntil)]) ?? horizon;
    return tableOf(plan, figures, { stations, closedUntil, madeAt: new Date().toISOString() });
  };

  const note = async ({ input, caller, requestId }: Asked, answer: AggregateAnswer): Promise<void> => {
    const refused = isRefusal(answer);
    await questions.write({
      at: new Date().toISOString(),
      regulator: caller.member,
      subject: caller.subject,
      requestId,
      input: readInput(input).data ?? null,
      outcome: refused ? answer.code : 'SHOWN',
      figures: refused ? null : digestOf(JSON.stringify(answer.figures)),
    });
  };

  return {
    async answer(asked) {
      const { directory, input } = asked;
      if (!hasRight(directory)) return refuse('AGGREGATE_ELSEWHERE');
      const horizon = horizonOf(civilDateOf(new Date()), directory.policy.closingDays);
      const plan = planOf(input, { places: placesOf(directory), closedUntil: horizon });
      const answer = isRefusal(plan) ? plan : await look(plan, asked, horizon);
      await note(asked, answer);
      return answer;
    },
    close: () => questions.close(),
  };
}
