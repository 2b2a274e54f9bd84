/** The scalars of the federation: input is parsed at the door; what goes out was parsed when it came in. */
import { GraphQLError, GraphQLScalarType } from 'graphql';
import type { z } from 'zod';

import { CivilDate } from '#schema/calendar.ts';
import { Period } from '#schema/periods.ts';
import { DonorToken, ProvinceCode, StationCode } from '#schema/ids.ts';

function scalarOf(name: string, shape: z.ZodType<string>, description: string): GraphQLScalarType<string, unknown> {
  const parseValue = (value: unknown) => {
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new GraphQLError(`${name}: ${parsed.error.issues[0]?.message ?? 'not valid'}`);
  };
  return new GraphQLScalarType<string, unknown>({ name, description, parseValue, serialize: (value) => value });
}

export const scalars = {
  Date: scalarOf('Date', CivilDate, 'A civil day in Asia/Shanghai, `YYYY-MM-DD`.'),
  DonorToken: scalarOf(
    'DonorToken',
    DonorToken,
    'A donor without saying who: 32 bytes in base64url, 43 characters. The same person has the same token everywhere.',
  ),
  Period: scalarOf(
    'Period',
    Period,
    'A period: a month `2026-07`, a quarter `2026-Q3`, a year `2026`, five years `2021/2025`.',
  ),
  ProvinceCode: scalarOf('ProvinceCode', ProvinceCode, 'A province: the first two digits of GB/T 2260.'),
  StationCode: scalarOf(
    'StationCode',
    StationCode,
    'A station: six digits of county code (GB/T 2260), `B` for blood or `P` for plasma, two digits.',
  ),
};
