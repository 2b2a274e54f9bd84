/** Identifiers. Type and parser share one name: parse at the door, then trust. */
import { z } from 'zod';

/** A station: six digits of county code (GB/T 2260), `B` for blood or `P` for plasma, two digits. Example `330198B01`. */
export const StationCode = z
  .string()
  .regex(/^\d{6}[BP]\d{2}$/, 'a station code is six digits, B or P, two digits')
  .brand<'StationCode'>();
export type StationCode = z.infer<typeof StationCode>;

/** A gateway of the federation: `G` and two digits. Example `G01`. */
export const GatewayCode = z
  .string()
  .regex(/^G\d{2}$/, 'a gateway code is G and two digits')
  .brand<'GatewayCode'>();
export type GatewayCode = z.infer<typeof GatewayCode>;

/** A regulator: `R` and two digits. Example `R31`. */
export const RegulatorCode = z
  .string()
  .regex(/^R\d{2}$/, 'a regulator code is R and two digits')
  .brand<'RegulatorCode'>();
export type RegulatorCode = z.infer<typeof RegulatorCode>;

/** A province: the first two digits of GB/T 2260. Example `33`. */
export const ProvinceCode = z
  .string()
  .regex(/^[1-9]\d$/, 'a province code is two digits')
  .brand<'ProvinceCode'>();
export type ProvinceCode = z.infer<typeof ProvinceCode>;

/** The province a station is in, by its county code. */
export const provinceOf = (station: StationCode): ProvinceCode => station.slice(0, 2) as ProvinceCode;

/**
 * A donor, without saying who: 32 bytes in base64url without padding, 43 characters, of which the last carries four bits: the
 * same bytes have one text. Same person, same token.
 */
export const DonorToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, 'a donor token is 43 characters of base64url')
  .brand<'DonorToken'>();
export type DonorToken = z.infer<typeof DonorToken>;

const recordNumber = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$/, 'a record number is 1 to 40 letters, digits and . _ / -');

/** The number a station gave a donation; unique within the station. */
export const DonationNumber = recordNumber.brand<'DonationNumber'>();
export type DonationNumber = z.infer<typeof DonationNumber>;

/** The number a station gave a lookout; unique within the station. */
export const LookoutNumber = recordNumber.brand<'LookoutNumber'>();
export type LookoutNumber = z.infer<typeof LookoutNumber>;

/** The number a plasma station gave a registration; unique within the station. */
export const RegistrationNumber = recordNumber.brand<'RegistrationNumber'>();
export type RegistrationNumber = z.infer<typeof RegistrationNumber>;

/** An event of the donor log: a UUID, version 7. A permit has the id of the event that claimed it. */
export const EventId = z.uuid().brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;

/** SHA-256 in base64url, 43 characters. */
export const Digest = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'a digest is 43 characters of base64url')
  .brand<'Digest'>();
export type Digest = z.infer<typeof Digest>;
