/** The provinces by name, in the order of GB/T 2260. */
import { ProvinceCode } from './ids.ts';

const named: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  11: ['北京', 'Beijing'],
  12: ['天津', 'Tianjin'],
  13: ['河北', 'Hebei'],
  14: ['山西', 'Shanxi'],
  15: ['内蒙古', 'Inner Mongolia'],
  21: ['辽宁', 'Liaoning'],
  22: ['吉林', 'Jilin'],
  23: ['黑龙江', 'Heilongjiang'],
  31: ['上海', 'Shanghai'],
  32: ['江苏', 'Jiangsu'],
  33: ['浙江', 'Zhejiang'],
  34: ['安徽', 'Anhui'],
  35: ['福建', 'Fujian'],
  36: ['江西', 'Jiangxi'],
  37: ['山东', 'Shandong'],
  41: ['河南', 'Henan'],
  42: ['湖北', 'Hubei'],
  43: ['湖南', 'Hunan'],
  44: ['广东', 'Guangdong'],
  45: ['广西', 'Guangxi'],
  46: ['海南', 'Hainan'],
  50: ['重庆', 'Chongqing'],
  51: ['四川', 'Sichuan'],
  52: ['贵州', 'Guizhou'],
  53: ['云南', 'Yunnan'],
  54: ['西藏', 'Tibet'],
  61: ['陕西', 'Shaanxi'],
  62: ['甘肃', 'Gansu'],
  63: ['青海', 'Qinghai'],
  64: ['宁夏', 'Ningxia'],
  65: ['新疆', 'Xinjiang'],
  71: ['台湾', 'Taiwan'],
  81: ['香港', 'Hong Kong'],
  82: ['澳门', 'Macao'],
};

/** A province and what it is called. */
export interface ProvinceName {
  readonly code: ProvinceCode;
  readonly zh: string;
  readonly en: string;
}

export const provinces: readonly ProvinceName[] = Object.entries(named).map(([code, [zh, en]]) => ({
  ...{ code: ProvinceCode.parse(code), zh, en },
}));

/** What a province is called; its code where it has no name here. */
export function provinceNamed(code: string): Pick<ProvinceName, 'zh' | 'en'> {
  const [zh, en] = named[code] ?? [code, code];
  return { zh, en };
}
