/** The Pothos builder of the subgraph, with its scalars. Types and fields live with the modules that answer them. */
import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import { GraphQLError } from 'graphql';
import type { z } from 'zod';

import { CivilDate } from '#schema/calendar.ts';
import { DonorToken, StationCode } from '#schema/ids.ts';

import type PrismaTypes from '../db/generated/pothos-types.ts';
import { getDatamodel } from '../db/generated/pothos-types.ts';
import type { Context } from './context.ts';
import type { FieldEntry } from './field-entry.ts';

interface SchemaTypes {
  Context: Context;
  /** What a field of `Query` or `Mutation` is resolved on. */
  Root: FieldEntry;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  Scalars: {
    Date: { Input: CivilDate; Output: string };
    DateTime: { Input: Date; Output: Date | string };
    DonorToken: { Input: DonorToken; Output: string };
    StationCode: { Input: StationCode; Output: string };
    ID: { Input: string; Output: string };
  };
}

export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [RelayPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  defaultInputFieldRequiredness: true,
  relay: { clientMutationId: 'omit', cursorType: 'String' },
  prisma: {
    client: (context) => context.prisma,
    dmmf: getDatamodel(),
    exposeDescriptions: true,
    filterConnectionTotalCount: false,
  },
});

/** The largest page of a Relay list. */
export const pageSize = { defaultSize: 20, maxSize: 100 };

function parserOf<Shape extends z.ZodType>(name: string, shape: Shape): (value: unknown) => z.infer<Shape> {
  return (value) => {
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new GraphQLError(`${name}: ${parsed.error.issues[0]?.message ?? 'not valid'}`, {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  };
}

builder.scalarType('Date', {
  description: 'A civil day in Asia/Shanghai, `YYYY-MM-DD`.',
  parseValue: parserOf('Date', CivilDate),
  serialize: (value) => value,
});

builder.scalarType('DonorToken', {
  description:
    'A donor without saying who: 32 bytes in base64url, 43 characters. The same person has the same token everywhere.',
  parseValue: parserOf('DonorToken', DonorToken),
  serialize: (value) => value,
});

builder.scalarType('StationCode', {
  description: 'A station: six digits of county code (GB/T 2260), `B` for blood or `P` for plasma, two digits.',
  parseValue: parserOf('StationCode', StationCode),
  serialize: (value) => value,
});

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

builder.scalarType('DateTime', {
  description: 'An instant, ISO 8601 with an offset; answers are in UTC.',
  parseValue: (value) => {
    const text = typeof value === 'string' && isoInstant.test(value) ? value : '';
    const instant = new Date(CivilDate.safeParse(text.slice(0, 10)).success ? text : Number.NaN);
    if (!Number.isNaN(instant.getTime())) return instant;
    throw new GraphQLError('DateTime: an instant is YYYY-MM-DDThh:mm:ss with Z or an offset', {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  },
  serialize: (value) => (typeof value === 'string' ? value : value.toISOString()),
});

builder.queryType({ description: 'What a station can be asked.' });
builder.mutationType({ description: 'What a station can be told.' });
