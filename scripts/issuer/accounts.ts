/** Who can sign in at the development provider: one account for each role of people, with made-up names. */
import type { Role } from '#schema/caller.ts';

export interface Account {
  /** What is typed to sign in; also the value of the claim `roles`. */
  readonly id: string;
  readonly role: Exclude<Role, 'SYSTEM' | 'NODE'>;
  /** The regulator somebody belongs to, in the claim `regulator`: the one `npm start` puts into the directory. */
  readonly regulator?: string;
  readonly nameZh: string;
  readonly nameEn: string;
}

export const accounts: readonly Account[] = [
  { id: 'desk', role: 'DESK', nameZh: '王芳（登记台）', nameEn: 'Wang Fang, desk' },
  { id: 'collector', role: 'COLLECTOR', nameZh: '李强（采血员）', nameEn: 'Li Qiang, collector' },
  { id: 'laboratory', role: 'LABORATORY', nameZh: '张敏（检验员）', nameEn: 'Zhang Min, laboratory' },
  {
    id: 'supervisor',
    role: 'LABORATORY_SUPERVISOR',
    nameZh: '陈静（检验主管）',
    nameEn: 'Chen Jing, laboratory supervisor',
  },
  { id: 'physician', role: 'PHYSICIAN', nameZh: '刘伟（医师）', nameEn: 'Liu Wei, physician' },
  { id: 'registrar', role: 'PLASMA_REGISTRAR', nameZh: '赵磊（浆员登记）', nameEn: 'Zhao Lei, plasma registrar' },
  { id: 'regulator', role: 'REGULATOR', regulator: 'R31', nameZh: '孙丽（监管）', nameEn: 'Sun Li, regulator' },
  { id: 'auditor', role: 'AUDITOR', nameZh: '周涛（审计）', nameEn: 'Zhou Tao, auditor' },
  { id: 'operator', role: 'OPERATOR', nameZh: '吴刚（运维）', nameEn: 'Wu Gang, operator' },
];

/** `LOOKOUT_OIDC_ROLES` of a service whose people sign in there. */
export const roleMap: Readonly<Record<string, Account['role']>> = Object.fromEntries(
  accounts.map(({ id, role }) => [id, role]),
);
