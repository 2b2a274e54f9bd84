/** What areas, classes and periods are called on the page. */
import { provinceNamed } from '#schema/provinces.ts';
import { levelOf } from '#schema/periods.ts';

import { useLanguage } from '../../lib/language.tsx';
import { useSay } from '../../lib/say.ts';
import type { Column, Row } from './arrangement.ts';
import type { Station, Table } from './table.ts';

export interface Words {
  readonly areaOf: (row: Pick<Row, 'area' | 'isTotal'>) => string;
  readonly classOf: (code: string) => string;
  readonly periodOf: (column: Column) => string;
  readonly stationOf: (station: Station) => string;
}

export function useWords({ asked, measure, stations }: Table): Words {
  const say = useSay();
  const { of } = useLanguage();
  const named = ({ nameZh, nameEn }: { readonly nameZh: string; readonly nameEn: string }) =>
    of({ zh: nameZh, en: nameEn });

  const areaOf: Words['areaOf'] = ({ area: { province, station }, isTotal }) => {
    if (station !== null) {
      const known = stations.find((one) => one.station === station);
      return known === undefined ? station : named(known);
    }
    if (province !== null) {
      const name = of(provinceNamed(province));
      return isTotal ? say('table.totalOf', { of: name }) : name;
    }
    if (isTotal) return say('table.allAreas');
    return asked.province === null ? say('table.region') : of(provinceNamed(asked.province));
  };
  const classOf: Words['classOf'] = (code) => {
    const known = measure.classes.find((one) => one.code === code);
    return known === undefined ? say('table.total') : named(known);
  };
  const periodOf: Words['periodOf'] = ({ period, isTotal }) => {
    const level = levelOf(period);
    if (level === 'BLOCK') return say('table.block', { from: period.slice(0, 4), to: period.slice(5) });
    return isTotal ? say('table.wholeYear', { year: period }) : period;
  };
  return { areaOf, classOf, periodOf, stationOf: named };
}
