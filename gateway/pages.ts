/**
 * Relay pages over members in the order of their codes. A cursor names a code, not a place, so that a page goes on where
 * the last one ended although members have joined or left in between.
 */
import type { Member } from '#schema/directory.ts';
import { Refused } from '#schema/errors.ts';
import { StationCode } from '#schema/ids.ts';

const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 100;

export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

export interface Page<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly totalCount: number;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

export interface PageQuestion {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

const cursorOf = (code: StationCode) => Buffer.from(`station:${code}`).toString('base64url');

function codeOf(cursor: string): StationCode {
  const [kind, text] = Buffer.from(cursor, 'base64url').toString().split(':');
  const code = StationCode.safeParse(text);
  if (kind !== 'station' || !code.success) throw new Refused('BAD_INPUT', 'The cursor `after` is none of ours.');
  return code.data;
}

export function pageOf(members: readonly Member[], { first, after }: PageQuestion): Page<Member> {
  const size = first ?? DEFAULT_PAGE;
  if (size < 0 || size > LARGEST_PAGE) throw new Refused('BAD_INPUT', `\`first\` is 0 to ${LARGEST_PAGE}.`);
  const from = typeof after === 'string' ? codeOf(after) : '';
  const ordered = members.toSorted((one, other) => (one.code < other.code ? -1 : 1));
  const rest = ordered.filter(({ code }) => code > from);
  const edges = rest.slice(0, size).map((node) => ({ cursor: cursorOf(node.code), node }));
  return {
    edges,
    totalCount: members.length,
    pageInfo: {
      hasNextPage: rest.length > edges.length,
      hasPreviousPage: rest.length < members.length,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
