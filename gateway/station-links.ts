/**
 * The links to the stations, one a member: opened when the member is first asked, closed after its last request when it
 * leaves the directory or moves.
 */
import type { Member } from '#schema/directory.ts';
import type { StationCode } from '#schema/ids.ts';
import type { DirectoryFile } from '#server/directory/file.ts';

import type { Answer, Asked } from './exchange.ts';
import { createRestingLink } from './resting-link.ts';
import { createStationLink } from './station-link.ts';
import type { StationLink } from './station-link.ts';

export interface StationLinks {
  /** What the member answers, whatever it says; rejects with a `Fault` that names it when it answers nothing. */
  ask(member: Member, question: Asked): Promise<Answer>;
  /** Ends when the questions asked before have. */
  stop(): Promise<void>;
}

export interface StationLinksOptions {
  readonly directory: Pick<DirectoryFile, 'current' | 'onChange'>;
  /** A station's time to answer, in milliseconds, connecting included. */
  readonly deadlineMs: number;
}

export function createStationLinks({ directory, deadlineMs }: StationLinksOptions): StationLinks {
  const links = new Map<StationCode, StationLink>();
  const closing = new Set<Promise<void>>();

  const close = (code: StationCode, link: StationLink) => {
    links.delete(code);
    const closed = link.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };
  const linkTo = ({ code, endpoint }: Member): StationLink => {
    const known = links.get(code);
    if (known?.endpoint === endpoint) return known;
    if (known !== undefined) close(code, known);
    const link = createRestingLink(code, createStationLink(code, endpoint, deadlineMs));
    links.set(code, link);
    return link;
  };
  const forget = directory.onChange(({ members }) => {
    const endpoints = new Map(members.map(({ code, endpoint }) => [code, endpoint]));
    for (const [code, link] of links) if (endpoints.get(code) !== link.endpoint) close(code, link);
  });

  return {
    ask: (member, question) => linkTo(member).ask(question),
    stop: async () => {
      forget();
      for (const [code, link] of links) close(code, link);
      await Promise.all(closing);
    },
  };
}
