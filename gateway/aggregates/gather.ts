/** Asks stations for what they have counted, all at once, in the gateway's own name. */
import { z } from 'zod';

import { StationCounts } from '#schema/aggregates.ts';
import { civilDateOf } from '#schema/calendar.ts';
import type { CivilDate } from '#schema/calendar.ts';
import { digestOf } from '#schema/digest.ts';
import type { Member } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import type { ForwardClaims } from '#schema/exchange.ts';
import { questionText } from '#schema/questions.ts';
import { StationCode } from '#schema/ids.ts';
import { countedClasses } from '#schema/count-families.ts';
import { firstDayOf, periodOf } from '#schema/periods.ts';
import { jsonOf } from '#server/http/answer-json.ts';

import type { Answer } from '../exchange.ts';
import type { Forwarding } from '../forwarding.ts';
import type { StationNotes } from '../station-notes.ts';
import type { Heard } from './books.ts';
import { countedPeriods, isClosed } from './span.ts';
import type { Span } from './span.ts';

/** A year of one family is some hundred numbers. */
const ANSWER_BYTES = 256 * 1024;

const Said = z.object({ data: z.object({ self: z.object({ code: StationCode, counts: StationCounts }) }) });

export interface GatherOptions {
  readonly forwarding: Pick<Forwarding, 'askForItself'>;
  readonly notes: StationNotes;
}

/** What is asked, on whose behalf. */
export interface Gathering {
  readonly span: Span;
  readonly year: number;
  readonly stations: readonly Member[];
  readonly asker: NonNullable<ForwardClaims['asker']>;
  readonly requestId: string;
}

/** What came of it: of each station what it said, or the code of the fault that came instead. */
export interface Gathered {
  readonly heard: readonly Heard[];
  readonly faults: ReadonlyMap<StationCode, string>;
}

export type Gather = (gathering: Gathering) => Promise<Gathered>;

/** A station cannot have closed more than what is over, whatever it says. */
const atMost = (day: CivilDate, now: Date): CivilDate => {
  const latest = firstDayOf(periodOf(civilDateOf(now), 'MONTH'));
  return day < latest ? day : latest;
};

/** What a station said, if it is about what it was asked for and counts nothing twice. */
function heardOf({ span, year }: Gathering, member: Member, json: unknown): Heard {
  const { code, counts: said } = Said.parse(json).data.self;
  const wrong = (cause: string) => new Fault('STATION_BAD_ANSWER', { station: member.code, cause });
  if (code !== member.code) throw wrong('it answers for another station');
  const periods = new Set<string>(countedPeriods(span).filter((period) => period.startsWith(String(year))));
  const classes = new Set(countedClasses(span.shape.classes));
  const now = new Date();
  const closedUntil = atMost(said.closedUntil as CivilDate, now);
  const seen = new Set<string>();
  for (const { period, class: of } of said.counts) {
    const cell = `${period} ${of}`;
    if (!periods.has(period) || !classes.has(of) || seen.has(cell)) throw wrong('counts nobody asked for');
    if (!isClosed(period, said.closedUntil as CivilDate)) throw wrong('counts of a month that is not closed');
    seen.add(cell);
  }
  const counts = said.counts.map(({ period, class: of, count }): Heard['counts'][number] => [period, of, count]);
  const { province, kind } = member;
  return { station: code, province, kind, year, closedUntil, at: now.toISOString(), counts };
}

/** A station that has not closed its books says so. */
function jsonIn({ code: station }: Member, answer: Answer): unknown {
  try {
    return jsonOf(station, answer);
  } catch (error) {
    const isNotReady = answer.status === 200 && answer.body.includes('"STATION_NOT_READY"');
    throw isNotReady ? new Fault('STATION_NOT_READY', { station }) : error;
  }
}

export function createGather({ forwarding, notes }: GatherOptions): Gather {
  return async (gathering) => {
    const { span, year, stations, asker, requestId } = gathering;
    const body = questionText({ name: 'counts', variables: { family: span.family, year } });
    const question = { body, digest: digestOf(body), by: { asker }, requestId, answerBytes: ANSWER_BYTES };
    const heard: Heard[] = [];
    const faults = new Map<StationCode, string>();

    const ask = async (member: Member): Promise<Heard> => {
      const answer = await forwarding.askForItself(member, question);
      const json = jsonIn(member, answer);
      try {
        return heardOf(gathering, member, json);
      } catch (cause) {
        throw cause instanceof Fault ? cause : new Fault('STATION_BAD_ANSWER', { station: member.code, cause });
      }
    };
    const hear = async (member: Member): Promise<void> => {
      try {
        heard.push(await ask(member));
        notes.answered(member.code);
      } catch (error) {
        faults.set(member.code, notes.failed(member.code, error).code);
      }
    };
    await Promise.all(stations.map(hear));
    return { heard, faults };
  };
}
