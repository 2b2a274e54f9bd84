import fc from 'fast-check';
import { expect, test } from 'vitest';

import { pageOf } from '#gateway/pages.ts';
import type { Member } from '#schema/directory.ts';
import { StationCode } from '#schema/ids.ts';

const code = fc.tuple(
  fc.integer({ min: 110_000, max: 659_999 }),
  fc.constantFrom('B', 'P'),
  fc.integer({ min: 10, max: 99 }),
);
const member = code.map(([county, kind, number]): Member => ({
  code: StationCode.parse(`${county}${kind}${number}`),
  kind: kind === 'B' ? 'BLOOD' : 'PLASMA',
  province: String(county).slice(0, 2) as Member['province'],
  nameZh: '站',
  nameEn: 'Station',
  endpoint: 'http://127.0.0.1:4001',
  status: 'ACTIVE',
  suspensions: [],
  keys: [],
}));
const members = fc.uniqueArray(member, { selector: (one) => one.code, maxLength: 40 });

/** All pages, one after the other; the directory may change between two of them. */
function walk(before: readonly Member[], after: readonly Member[], first: number): string[] {
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let at = 0; ; at += 1) {
    const page = pageOf(at === 0 ? before : after, { first, after: cursor });
    seen.push(...page.edges.map(({ node }) => node.code));
    cursor = page.pageInfo.endCursor ?? cursor;
    if (!page.pageInfo.hasNextPage) return seen;
  }
}

test('all pages together are all members once, in the order of their codes, whatever the page size', () => {
  fc.assert(
    fc.property(members, fc.integer({ min: 1, max: 15 }), (all, first) => {
      expect(walk(all, all, first)).toEqual(all.map((one) => one.code).sort());
    }),
  );
});

test('whoever is a member all the while is on exactly one page, though others join and leave in between', () => {
  fc.assert(
    fc.property(members, members, members, fc.integer({ min: 1, max: 5 }), (staying, leaving, joining, first) => {
      const stays = new Set(staying.map((one) => one.code));
      const others = (list: readonly Member[]) => list.filter((one) => !stays.has(one.code));
      const seen = walk([...staying, ...others(leaving)], [...others(joining), ...staying], first);
      expect(seen.filter((one) => stays.has(StationCode.parse(one)))).toEqual([...stays].sort());
    }),
  );
});
