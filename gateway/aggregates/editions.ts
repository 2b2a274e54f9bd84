/**
 * The editions of all spans as they stand: what is missing is asked for, what comes in is written down together with what may be
 * shown from then on, and only then shown. While nothing is missing and no month is closed anew, a question costs nothing.
 */
import { LRUCache } from 'lru-cache';

import type { CivilDate } from '#schema/calendar.ts';
import { memberStandingAt } from '#schema/directory.ts';
import type { Directory, Member } from '#schema/directory.ts';
import { Fault } from '#schema/errors.ts';
import type { ForwardClaims } from '#schema/exchange.ts';
import type { StationCode } from '#schema/ids.ts';
import { firstDayOf } from '#schema/periods.ts';

import { closedLeaves } from './axes.ts';
import type { Place } from './axes.ts';
import { withRecord } from './books.ts';
import type { Books, Heard } from './books.ts';
import type { BooksStore } from './books-store.ts';
import { makeEdition } from './edition.ts';
import type { Edition } from './edition.ts';
import type { Gather } from './gather.ts';
import { isClosed } from './span.ts';
import type { Span } from './span.ts';

/** On whose behalf, and as what the federation is now. */
export interface Occasion {
  readonly directory: Directory;
  /** The first day that is not closed. */
  readonly horizon: CivilDate;
  readonly asker: NonNullable<ForwardClaims['asker']>;
  readonly requestId: string;
}

export interface Current {
  /** Undefined while nothing of the span is closed. */
  readonly edition: Edition | undefined;
  readonly heard: readonly Heard[];
  /** Why something is not known of a station, by its code. */
  readonly faults: ReadonlyMap<StationCode, string>;
}

export interface Editions {
  /** Questions for the same span at the same time are one. */
  current(span: Span, occasion: Occasion): Promise<Current>;
}

export interface EditionsOptions {
  readonly store: BooksStore;
  readonly gather: Gather;
}

/** What is kept of a span in memory. */
interface Kept {
  readonly books: Books;
  readonly edition: Edition | undefined;
  readonly directory: Directory;
}

const mostKept = 100;
/** Another process that writes the same books is a mistake; it is lived with as long as it is slow. */
const mostTries = 5;

/** Who was suspended before a span began, and has been since, is no part of it. */
function isPartOf(member: Member, { period }: Span): boolean {
  const began = Date.parse(firstDayOf(period));
  return member.status === 'ACTIVE' || memberStandingAt(member, began) === 'ACTIVE';
}

/** Members, and who is none any more and has been heard. */
function placesOf({ members }: Directory, heard: readonly Heard[], span: Span): Place[] {
  const places = new Map<StationCode, Place>();
  for (const { station, province, kind } of heard) places.set(station, { station, province, kind });
  for (const member of members) {
    const { code: station, province, kind } = member;
    if (places.has(station) || isPartOf(member, span)) places.set(station, { station, province, kind });
  }
  return [...places.values()].toSorted((one, other) => (one.station < other.station ? -1 : 1));
}

/** Of each year in which something is closed, whose counts are not known as far as it is. */
function missingIn(span: Span, places: readonly Place[], horizon: CivilDate, heard: readonly Heard[]) {
  const closed = closedLeaves(span, horizon);
  return span.years.flatMap((year) => {
    const last = closed.filter((period) => period.startsWith(String(year))).toSorted();
    if (last.length === 0) return [];
    const isKnown = ({ station }: Place): boolean =>
      heard.some(
        (one) =>
          one.station === station && one.year === year && last.every((period) => isClosed(period, one.closedUntil)),
      );
    return [{ year, stations: places.filter((place) => !isKnown(place)).map(({ station }) => station) }];
  });
}

export function createEditions({ store, gather }: EditionsOptions): Editions {
  const kept = new LRUCache<string, Kept>({ max: mostKept });
  const waiting = new Map<string, Promise<Current>>();

  /** Asks whoever may be asked of those who are missing. */
  const ask = async (span: Span, places: readonly Place[], { heard }: Books, occasion: Occasion) => {
    const { directory, horizon, asker, requestId } = occasion;
    const news: Heard[] = [];
    const faults = new Map<StationCode, string>();
    for (const { year, stations } of missingIn(span, places, horizon, heard)) {
      const missing = new Set(stations);
      const members = directory.members.filter(({ code, status }) => missing.has(code) && status === 'ACTIVE');
      for (const code of missing) faults.set(code, 'STATION_SUSPENDED');
      for (const { code } of members) faults.set(code, 'STATION_NOT_READY');
      if (members.length === 0) continue;
      const gathered = await gather({ span, year, stations: members, asker, requestId });
      news.push(...gathered.heard);
      for (const [code, fault] of gathered.faults) faults.set(code, fault);
    }
    return { news, faults };
  };

  /** Still missing after all that was said. */
  const faultsOf = (span: Span, places: readonly Place[], horizon: CivilDate, heard: readonly Heard[]) =>
    new Set(missingIn(span, places, horizon, heard).flatMap(({ stations }) => stations));

  const bringUpToDate = async (name: string, span: Span, occasion: Occasion, tries: number): Promise<Current> => {
    const { directory, horizon } = occasion;
    const before = kept.get(name);
    const books = before?.books ?? (await store.read(span));
    const places = placesOf(directory, books.heard, span);
    const { news, faults } = await ask(span, places, books, occasion);
    const isSame =
      news.length === 0 && before?.directory === directory && (before.edition?.closedUntil ?? '') >= horizon;
    if (isSame) return { edition: before.edition, heard: books.heard, faults };

    const told = [...books.heard, ...news];
    const edition = makeEdition(span, places, horizon, { heard: told, shown: books.shown });
    const shown = edition?.shown ?? null;
    const missing = faultsOf(span, places, horizon, told);
    const current = { edition, heard: told, faults: new Map([...faults].filter(([code]) => missing.has(code))) };
    if (news.length === 0 && JSON.stringify(shown) === JSON.stringify(books.shown)) {
      kept.set(name, { books, edition, directory });
      return current;
    }
    const record = { at: new Date().toISOString(), heard: news, shown };
    if (await store.append(span, books, record)) {
      kept.set(name, { books: withRecord(books, record), edition, directory });
      return current;
    }
    kept.delete(name);
    if (tries >= mostTries) throw new Fault('INTERNAL', { cause: 'somebody else writes the same books' });
    return bringUpToDate(name, span, occasion, tries + 1);
  };

  return {
    current(span, occasion) {
      const name = `${span.family} ${span.period}`;
      const begun = waiting.get(name) ?? bringUpToDate(name, span, occasion, 1).finally(() => waiting.delete(name));
      waiting.set(name, begun);
      return begun;
    },
  };
}
