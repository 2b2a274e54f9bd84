/** The directory as a subschema: the members, one by one and in pages. What a station says of itself is merged into them. */
import type { SubschemaConfig } from '@graphql-tools/delegate';
import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { buildSchema } from 'graphql';
import { z } from 'zod';

import type { Member } from '#schema/directory.ts';
import { ProvinceCode, StationCode } from '#schema/ids.ts';
import { StationKind } from '#schema/procedures.ts';

import type { Context } from './context.ts';
import { pageOf } from './pages.ts';
import type { Page } from './pages.ts';

const promised = buildSchema(/* GraphQL */ `
  "What the federation can be asked."
  type Query {
    "The members of the federation, 20 a page unless asked otherwise."
    stations(
      "Only those of this province."
      province: ProvinceCode
      "Only those of this kind."
      kind: StationKind
      "How many, at most 100."
      first: Int
      "Only those after this cursor."
      after: String
    ): StationConnection!
    "The member with this code; null when the directory has none."
    station("Its code." code: StationCode!): Station
  }

  "A page of stations, in the order of their codes."
  type StationConnection {
    "The stations."
    edges: [StationEdge!]!
    "Where the page lies in the list."
    pageInfo: PageInfo!
    "How many stations the whole list has."
    totalCount: Int!
  }

  "A station in a page."
  type StationEdge {
    "Its place; give it as \`after\` to go on from here."
    cursor: String!
    "The station."
    node: Station!
  }

  "Where a page lies in its list."
  type PageInfo {
    "Whether more follow."
    hasNextPage: Boolean!
    "Whether some come before."
    hasPreviousPage: Boolean!
    "The cursor of the first edge."
    startCursor: String
    "The cursor of the last edge."
    endCursor: String
  }

  "A member of the federation: what the directory says of it and, where it can be reached, what it answers for itself."
  type Station {
    "Its code."
    code: StationCode!
    "What it collects for."
    kind: StationKind!
    "Where it is."
    province: ProvinceCode!
    "Its name, Chinese."
    nameZh: String!
    "Its name, English."
    nameEn: String!
    "The base URL of its node service."
    endpoint: String!
    "Whether it takes part."
    status: MemberStatus!
  }

  "What a station collects for."
  enum StationKind {
    "Blood and its components, for transfusion."
    BLOOD
    "Source plasma, for fractionation, and nothing else."
    PLASMA
  }

  "Whether a member takes part."
  enum MemberStatus {
    "It is asked, and an answer without it is incomplete."
    ACTIVE
    "It is asked nothing, and its silence makes no answer incomplete."
    SUSPENDED
  }

  "A station: six digits of county code (GB/T 2260), \`B\` for blood or \`P\` for plasma, two digits."
  scalar StationCode

  "A province: the first two digits of GB/T 2260."
  scalar ProvinceCode
`);

const StationArguments = z.object({ code: StationCode });
const StationsArguments = z.object({
  province: ProvinceCode.nullish(),
  kind: StationKind.nullish(),
  first: z.int().nullish(),
  after: z.string().nullish(),
});

const answers: Record<string, (_: unknown, args: unknown, context: Context) => unknown> = {
  station: (_, args, { directory }): Member | undefined => {
    const { code } = StationArguments.parse(args);
    return directory.members.find((member) => member.code === code);
  },
  stations: (_, args, { directory }): Page<Member> => {
    const { province, kind, first, after } = StationsArguments.parse(args);
    const members = directory.members.filter(
      (member) => member.province === (province ?? member.province) && member.kind === (kind ?? member.kind),
    );
    return pageOf(members, { first, after });
  },
};

const answered = mapSchema(promised, {
  [MapperKind.QUERY_ROOT_FIELD]: (field, name) => {
    const resolve = answers[name];
    return resolve === undefined ? field : { ...field, resolve };
  },
});

/** Answers from the directory the request came with. */
export const directorySubschema: SubschemaConfig<unknown, unknown, unknown, Context> = {
  name: 'directory',
  schema: answered,
  // Where both subschemas describe a field, the words here are for those who ask the gateway.
  merge: { Station: { canonical: true } },
};
