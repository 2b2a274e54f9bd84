/** The directory: who is a member, where its node service is, and whether it takes part. A file for now. */
import { z } from 'zod';

import { ProvinceCode, StationCode } from './ids.ts';
import { StationKind } from './procedures.ts';

/** One member station. A suspended member is asked nothing and its silence makes no answer incomplete. */
export const Member = z.strictObject({
  code: StationCode,
  kind: StationKind,
  province: ProvinceCode,
  nameZh: z.string().min(1).max(100),
  nameEn: z.string().min(1).max(100),
  /** The base URL of the member's node service, without a path. */
  endpoint: z.url({ protocol: /^https?$/ }),
  status: z.enum(['ACTIVE', 'SUSPENDED']),
});
export type Member = z.infer<typeof Member>;

/** All members. The version rises with every change. */
export const Directory = z
  .strictObject({ version: z.int().min(1), members: z.array(Member).max(5000) })
  .refine((directory) => new Set(directory.members.map((member) => member.code)).size === directory.members.length, {
    message: 'a station is in the directory once',
  });
export type Directory = z.infer<typeof Directory>;
