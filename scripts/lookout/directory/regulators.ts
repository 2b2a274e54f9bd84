/** What an operator may decide about a regulator, each as the directory that comes of it. Pure. */
import type { Directory, Regulator, SigningKey } from '#schema/directory.ts';
import { RegulatorCode } from '#schema/ids.ts';
import { Problem } from '#scripts/lookout/problem.ts';

import { assertAdmits, withNewKey } from './changes.ts';
import type { Change } from './changes.ts';

/** Whether a code is a regulator's. */
export const isRegulator = (code: string): boolean => RegulatorCode.safeParse(code).success;

function changeRegulator(directory: Directory, code: string, change: (regulator: Regulator) => Regulator): Directory {
  const { regulators } = directory;
  const found = regulators.find((regulator) => regulator.code === code);
  if (found === undefined) throw new Problem(`The directory has no regulator ${code}.`, 'usage');
  return { ...directory, regulators: regulators.map((one) => (one === found ? change(one) : one)) };
}

export const admitRegulator =
  (published: Directory, regulator: Regulator): Change =>
  (directory, now) => {
    assertAdmits(published, now);
    if (directory.regulators.some(({ code }) => code === regulator.code)) {
      throw new Problem(`${regulator.code} is in the directory already.`, 'usage');
    }
    return { ...directory, regulators: [...directory.regulators, regulator] };
  };

/** What it asks from now on is answered, or not. It says nothing that could count at other times. */
export const setRegulatorStatus =
  (code: string, status: Regulator['status']): Change =>
  (directory) =>
    changeRegulator(directory, code, (regulator) => {
      if (regulator.status === status) {
        throw new Problem(`${code} is ${status === 'ACTIVE' ? 'not suspended' : 'suspended already'}.`, 'usage');
      }
      return { ...regulator, status };
    });

export const rotateRegulatorKey =
  (code: string, key: SigningKey, graceMs: number): Change =>
  (directory, now) =>
    changeRegulator(directory, code, (regulator) => withNewKey(regulator, key, now + graceMs));
