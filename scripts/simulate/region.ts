/** The stations of the simulated region, and which of them a person comes to. All are invented. */
import { ProvinceCode, StationCode } from '#schema/ids.ts';
import type { StationKind } from '#schema/procedures.ts';

import type { Chance } from './chance.ts';
import { bloodDonors, plasmaDonors, provinces, zipf } from './parameters.ts';
import { citiesOf, noCounty } from './places.ts';

/** One station of the region. */
export interface Station {
  /** Its place in the region. */
  readonly index: number;
  readonly code: StationCode;
  readonly kind: StationKind;
  readonly province: ProvinceCode;
  readonly nameZh: string;
  readonly nameEn: string;
  /** Donations a year at full scale. */
  readonly donations: number;
}

/** Several stations, of which one is chosen as likely as it is large. */
export interface StationGroup {
  readonly stations: readonly Station[];
  readonly donations: number;
  choose(chance: Chance): Station;
}

export interface Region {
  readonly stations: readonly Station[];
  readonly blood: StationGroup;
  readonly plasma: StationGroup;
  /** A station of the same kind and province, another one where there is another. */
  neighbourOf(station: Station, chance: Chance): Station;
  /** A station of the same kind in another province, or any other where there is none. */
  farFrom(station: Station, chance: Chance): Station;
  /** Another station of the same kind, near or far; undefined where there is none. */
  otherThan(station: Station, chance: Chance): Station | undefined;
}

/** Of those who go to another station than their own, how many stay in the province. */
const nearShare = bloodDonors.otherStation / (bloodDonors.otherStation + bloodDonors.otherProvince);

type Draft = Omit<Station, 'index' | 'province'> & { readonly province: string; readonly rank: number };

const kindName = { BLOOD: ['中心血站', 'Blood Station'], PLASMA: ['单采血浆站', 'Plasma Station'] } as const;

/** The `rank`-th station of a kind in its province: in a city of its own while there are any, then beside the first ones. */
function draft(province: string, kind: StationKind, rank: number, donations: number): Draft {
  const cities = citiesOf[province] ?? [];
  // Plasma stations lie in the country: they begin with the cities furthest down.
  const place = kind === 'BLOOD' ? rank % cities.length : cities.length - 1 - (rank % cities.length);
  const [city = '', zh = '', en = ''] = cities[place] ?? [];
  const again = Math.floor(rank / cities.length) + 1;
  const code = StationCode.parse(`${city}${noCounty}${kind.charAt(0)}0${again}`);
  const [typeZh, typeEn] = kindName[kind];
  const [nth, nthEn] = again === 1 ? ['', ''] : ['第二', 'Second '];
  const nameZh = `${zh}${nth}示例${typeZh}`;
  return { code, kind, province, nameZh, nameEn: `${en} ${nthEn}Example ${typeEn}`, donations, rank };
}

function draftsOf(kind: StationKind): Draft[] {
  const drafts = provinces.flatMap(({ code, donations, bloodStations, plasmaStations }) => {
    const count = kind === 'BLOOD' ? bloodStations : plasmaStations;
    const sizes = Array.from({ length: count }, (_, rank) => (rank + 1) ** -zipf);
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    const donationsOf = (size: number): number =>
      Math.round(kind === 'BLOOD' ? (donations * size) / whole : plasmaDonors.donationsAStation);
    return sizes.map((size, rank) => draft(code, kind, rank, donationsOf(size)));
  });
  return drafts.sort((one, other) => one.rank - other.rank || (one.province < other.province ? -1 : 1));
}

function groupOf(stations: readonly Station[]): StationGroup {
  const ends: number[] = [];
  let donations = 0;
  for (const station of stations) ends.push((donations += station.donations));
  return {
    stations,
    donations,
    choose(chance) {
      const wanted = chance.next() * donations;
      let [low, high] = [0, ends.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (wanted < (ends[middle] ?? 0)) high = middle;
        else low = middle + 1;
      }
      const chosen = stations[low];
      if (chosen === undefined) throw new RangeError('there is no station to choose');
      return chosen;
    },
  };
}

/** How many stations the whole region has: 79 blood stations and 30 plasma stations. */
export const allStations = draftsOf('BLOOD').length + draftsOf('PLASMA').length;

/**
 * The region with so many stations: the largest of each province first, blood and plasma in the proportion of the whole.
 *
 * @param count from 1 to `allStations`.
 */
export function createRegion(count = allStations): Region {
  const [blood, plasma] = [draftsOf('BLOOD'), draftsOf('PLASMA')];
  const plasmaCount = Math.min(plasma.length, Math.round((count * plasma.length) / allStations));
  const drafts = [...blood.slice(0, count - plasmaCount), ...plasma.slice(0, plasmaCount)];
  const stations = drafts.map(({ code, kind, province, nameZh, nameEn, donations }, index): Station => {
    return { index, code, kind, province: ProvinceCode.parse(province), nameZh, nameEn, donations };
  });
  const ofKind = (kind: StationKind): Station[] => stations.filter((station) => station.kind === kind);
  const groups = new Map<string, StationGroup>();
  const group = (name: string, members: () => Station[]): StationGroup => {
    const known = groups.get(name) ?? groupOf(members());
    groups.set(name, known);
    return known;
  };
  const near = ({ kind, province, index }: Station): StationGroup =>
    group(`near ${index}`, () => ofKind(kind).filter((one) => one.province === province && one.index !== index));
  const far = ({ kind, province }: Station): StationGroup =>
    group(`far ${kind} ${province}`, () => ofKind(kind).filter((one) => one.province !== province));
  const firstOf = (chance: Chance, among: readonly StationGroup[]): Station | undefined =>
    among.find(({ stations: members }) => members.length > 0)?.choose(chance);
  return {
    stations,
    blood: groupOf(ofKind('BLOOD')),
    plasma: groupOf(ofKind('PLASMA')),
    neighbourOf: (station, chance) => firstOf(chance, [near(station)]) ?? station,
    farFrom: (station, chance) => firstOf(chance, [far(station), near(station)]) ?? station,
    otherThan: (station, chance) =>
      firstOf(chance, chance.happens(nearShare) ? [near(station), far(station)] : [far(station), near(station)]),
  };
}
