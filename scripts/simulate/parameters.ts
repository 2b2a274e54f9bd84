/**
 * Every number the simulated region is made of, with where it comes from. "Assumed" means that nothing was found: such a number
 * is ours, and what the simulation says of it is a shape and no forecast.
 *
 * Only behaviour and circumstances stand here. Whether a donation is made is decided by the decision core and the permits.
 */
import type { Marker } from '#schema/procedures.ts';

/** Something that is as likely as its weight among others. */
export type Weighted<Value> = readonly (readonly [weight: number, value: Value])[];

/** A rate per 100,000: among people who give for the first time, and among donations of those who gave before. */
interface InfectionRate {
  readonly first: number;
  readonly repeat: number;
}

/** Whole-blood and platelet donors. */
export const bloodDonors = {
  /** Of donations, by people who gave before. Zhejiang 2006-12: 60 %; Anhui, September 2016: 55.6 %. */
  repeatShare: 0.55,
  /** Of donations, platelets. Shanghai 2016: 37,200 units beside 351,000 donations, one to two units a donation. */
  plateletShare: 0.07,
  /** Millilitres of whole blood. Anhui 2016: 47 % give 400 ml; Zhejiang moved from 200 and 400 to 300 and 400. */
  volumesMl: [
    [25, 200],
    [28, 300],
    [47, 400],
  ],
  /** Days that pass on average between the first allowed day and the next donation. Assumed. */
  slackDays: 150,
  /** Of presentations, at a station of another province (students, mostly). Assumed. */
  otherProvince: 0.015,
  /** Of presentations, at another station of the home province. Assumed. */
  otherStation: 0.04,
} as const;

/** Plasma donors. */
export const plasmaDonors = {
  /** Donations a year at one station. China 2024: 13,400 t at about 360 stations, 0.58 kg each, makes 64,000; here the smaller stations of the east. */
  donationsAStation: 45_000,
  /** How long a donor comes, in years, on average: of 15,497 donors in 2018-19, 60 % had come for five years or more. */
  careerYears: 6,
  /** Days that pass on average between the first allowed day and the next donation. Assumed: 14 donations a year. */
  slackDays: 12,
  /** Notice to plasma donors of 2021: at most 580 ml with the anticoagulant. */
  volumeMl: 580,
} as const;

/** People who come though they may not. */
export const attempts = {
  /** Of presentations, how many are followed by one that comes too soon: 20 per 10,000 (the order of Colombia's 28.8 donations before its register). */
  hasty: 0.002,
  /** Within so many days after the one before: Colombia counts within 30 days. */
  hastyWithinDays: 30,
  /** Of these, on the very same day. Assumed. */
  hastySameDay: 0.05,
  /** Of these, at another station: at the own one they are known. Assumed. */
  hastyElsewhere: 0.9,
  /** Of a plasma donor's, at a blood station. Assumed. */
  plasmaToBlood: 0.3,
  /** Per 100,000 donations, shielded people who conceal it and go to another station: 281 in ten years in Zhejiang (2007-16). */
  concealedPer100k: 4.7,
  /** They do it so many days after the result, at the earliest and at the latest. Assumed. */
  concealedAfterDays: [30, 365],
} as const;

/** What stands between coming and giving, whoever knows what. */
export const examination = {
  /** Found unfit before the needle (haemoglobin, ALT, blood pressure): assumed for China; United States 13.4 %, Japan 14 %. */
  unfit: 0.1,
  /** Of draws, broken off after some blood, and before any. Assumed. */
  partial: 0.01,
  noBlood: 0.003,
  /** Minutes from the check to the end of the draw. Assumed. */
  drawMinutes: { WHOLE_BLOOD: 40, PLATELETS: 100, SOURCE_PLASMA: 70 },
} as const;

/** Confirmed infections per 100,000. */
export const infections: Readonly<Record<Exclude<Marker, 'HTLV'>, InfectionRate>> = {
  /** Zhejiang 2018-22 (doi 10.1155/2024/4749097): 13.65 and 6.78. */
  HIV: { first: 13.7, repeat: 6.8 },
  /** Hefei 130, Fujian 250 after a rapid test before the donation. */
  HBV: { first: 150, repeat: 20 },
  /** Assumed, 10 to 30. */
  HCV: { first: 20, repeat: 4 },
  /** Zhejiang 2007-16: 98.5 over all. */
  SYPHILIS: { first: 150, repeat: 40 },
};

/** From a donation to a bar, and from a bar back. */
export const laboratory = {
  /** Days from the draw to the confirmed result. Assumed. */
  confirmedAfterDays: [3, 10],
  /** Of shielded people, who ask to be readmitted, and of these, who are. Assumed from published re-entry programmes. */
  reentryAsked: 0.1,
  reentryGranted: 0.61,
  /** Days from the confirmation to the readmission. Assumed. */
  reentryAfterDays: [200, 500],
} as const;

/** What people are identified by, of all presentations. */
export const documents = {
  /** Another valid document of the same person. Assumed. */
  alternative: 0.003,
  /** A number typed wrong that passes for a right one. Assumed. */
  mistyped: 0.0005,
  /** The document of somebody else. Assumed. */
  borrowed: 0.0002,
} as const;

/** How facts reach the federation. */
export const reporting = {
  /**
   * Minutes until a record is told, with the share of records that take longer: half 2 hours, 2 % a day, 0.2 % five days, and
   * the very last a month. Assumed.
   */
  uploadMinutes: [
    [1, 2],
    [0.5, 120],
    [0.02, 1_440],
    [0.002, 7_200],
    [0.000_1, 43_200],
  ],
  /** How often a year a station cannot be heard at all, and for how many minutes on average. Assumed. */
  outagesAYear: 2,
  outageMinutes: 30,
  /** How many minutes a donor waits for a station that cannot be heard. Assumed. */
  patienceMinutes: 60,
  /** Hours until a unit leaves the station, at which the whole question is asked again. Assumed. */
  releaseAfterHours: 48,
} as const;

/** Donations a year of the blood stations of each province, by its code, and how many stations it has. */
export const provinces = [
  /** 2016: 351,000 donations. */
  { code: '31', donations: 420_000, bloodStations: 1, plasmaStations: 0 },
  /** 2021: 1,195,300. */
  { code: '32', donations: 1_250_000, bloodStations: 14, plasmaStations: 0 },
  /** 2018-22: 675,000 a year. */
  { code: '33', donations: 700_000, bloodStations: 12, plasmaStations: 3 },
  /** September 2016: 41,032 in the month. */
  { code: '34', donations: 650_000, bloodStations: 16, plasmaStations: 4 },
  /** Ten per thousand of 42 million people. */
  { code: '35', donations: 440_000, bloodStations: 9, plasmaStations: 3 },
  /** 2022: about 500,000. */
  { code: '36', donations: 520_000, bloodStations: 11, plasmaStations: 10 },
  /** 2023: 1,218,300. */
  { code: '37', donations: 1_220_000, bloodStations: 16, plasmaStations: 10 },
] as const;

/** The `rank`-th largest station of a province collects `rank ** -zipf` of what the largest does: 19,000 to 420,000 a year. */
export const zipf = 0.8;
