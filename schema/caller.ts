/** Who asks, in which role, and what for. What each may ask is in `disclosure.ts`. */
import { z } from 'zod';

import { GatewayCode, RegulatorCode, StationCode } from './ids.ts';

/**
 * What somebody does in their organisation. People: `DESK` receives donors; `COLLECTOR` draws; `LABORATORY` confirms results
 * and its `LABORATORY_SUPERVISOR` lifts them; `PHYSICIAN` sees referred donors; `PLASMA_REGISTRAR` keeps the homes of plasma
 * donors; `REGULATOR` sees aggregates; `AUDITOR` the record of who asked; `OPERATOR` runs services. Machines: `SYSTEM` is a
 * station's own information system, `NODE` a member's service that asks for itself.
 */
export const Role = z.enum([
  'DESK',
  'COLLECTOR',
  'LABORATORY',
  'LABORATORY_SUPERVISOR',
  'PHYSICIAN',
  'PLASMA_REGISTRAR',
  'REGULATOR',
  'AUDITOR',
  'OPERATOR',
  'SYSTEM',
  'NODE',
]);
export type Role = z.infer<typeof Role>;

/**
 * What a question is for. `DONATION`: a donor is about to give. `RECORDING`: what happened is written down. `RELEASE`: a unit
 * is about to leave. `LOOKOUT`: the lookout list is kept. `REGISTRATION`: homes of plasma donors are kept. `LOOKBACK`: a
 * conflict is looked into. `CARE`: a physician and a referred donor, under a case number. `REPLICATION`: members complete
 * their copies. `OPERATION`: services are looked after. `AUDIT`: the record is read. `STATISTICS`: aggregates.
 */
export const Purpose = z.enum([
  'DONATION',
  'RECORDING',
  'RELEASE',
  'LOOKOUT',
  'REGISTRATION',
  'LOOKBACK',
  'CARE',
  'REPLICATION',
  'OPERATION',
  'AUDIT',
  'STATISTICS',
]);
export type Purpose = z.infer<typeof Purpose>;

/** What a caller may do beyond its role. `OPEN_DOCUMENTS`: send documents that are not in the manifest. */
export const Right = z.enum(['OPEN_DOCUMENTS']);
export type Right = z.infer<typeof Right>;

/** The number of a physician's case, 1 to 40 letters, digits and `. _ / -`. */
export const CaseNumber = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$/, 'a case number is 1 to 40 letters, digits and . _ / -')
  .brand<'CaseNumber'>();
export type CaseNumber = z.infer<typeof CaseNumber>;

/**
 * A person without saying who: 16 bytes in base64url, which only their organisation can trace back. A machine is named as
 * it is: a station's code, or the id of its information system.
 */
export const Pseudonym = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'a pseudonym is 1 to 64 letters, digits and . _ : -')
  .brand<'Pseudonym'>();
export type Pseudonym = z.infer<typeof Pseudonym>;

/** A member: a station, a gateway or a regulator. */
export const MemberCode = z.union([StationCode, GatewayCode, RegulatorCode]);
export type MemberCode = z.infer<typeof MemberCode>;

/** What a member says of whoever asks through it. */
export const Asker = z.object({
  role: Role,
  subject: Pseudonym,
  /** Null when it was not said; then only what needs no purpose is answered. */
  purpose: Purpose.nullable(),
  case: CaseNumber.nullable(),
});
export type Asker = z.infer<typeof Asker>;

/** Who asks, as the service that is asked has made sure of. */
export interface Caller extends Asker {
  /**
   * `OWN`: of the organisation that runs this service. `MEMBER`: of another station, whose signature the question carries.
   * `GATEWAY`: a gateway that asks for itself, or for somebody signed in there. `REGULATOR`: of a regulator, by its signature or
   * signed in at a gateway.
   */
  readonly from: 'OWN' | 'MEMBER' | 'GATEWAY' | 'REGULATOR';
  readonly member: MemberCode;
  readonly rights: readonly Right[];
}
