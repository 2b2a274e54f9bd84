/** What an operator may decide about the directory, each as the directory that comes of it. Pure. */
import { standingOf } from '#schema/directory.ts';
import type { Authorities, Directory, Member, Policy, SigningKey } from '#schema/directory.ts';
import { Problem } from '#scripts/lookout/problem.ts';

import { termsFrom } from './new-directory.ts';

/** One decision. */
export type Change = (directory: Directory, now: number) => Directory;

/** The version after a published one, with a decision in it, and good for a month from now. */
export function nextVersion(published: Directory, draft: Directory, change: Change, now: number): Directory {
  return { ...change({ ...draft, ...termsFrom(now) }, now), version: published.version + 1 };
}

function changeMember(directory: Directory, code: string, change: (member: Member) => Member): Directory {
  const found = directory.members.find((member) => member.code === code);
  if (found === undefined) throw new Problem(`The directory has no member ${code}.`, 'usage');
  return { ...directory, members: directory.members.map((member) => (member === found ? change(member) : member)) };
}

/** Nobody is admitted on the word of a directory that has begun to expire: a suspension may be missing in it. */
export function assertAdmits(published: Directory, now: number): void {
  if (standingOf(published, now) === 'FRESH') return;
  throw new Problem('DIRECTORY_EXPIRED: nobody is admitted until the directory is renewed and published.', 'failed');
}

export const admit =
  (published: Directory, member: Member): Change =>
  (directory, now) => {
    assertAdmits(published, now);
    if (directory.members.some(({ code }) => code === member.code)) {
      throw new Problem(`${member.code} is a member already.`, 'usage');
    }
    return { ...directory, members: [...directory.members, member] };
  };

export const suspend =
  (code: string): Change =>
  (directory, now) =>
    changeMember(directory, code, (member) => {
      if (member.status === 'SUSPENDED') throw new Problem(`${code} is suspended already.`, 'usage');
      const suspensions = [...member.suspensions, { since: new Date(now).toISOString(), until: null }];
      return { ...member, status: 'SUSPENDED', suspensions };
    });

export const reinstate =
  (code: string): Change =>
  (directory, now) =>
    changeMember(directory, code, (member) => {
      if (member.status === 'ACTIVE') throw new Problem(`${code} is not suspended.`, 'usage');
      const until = new Date(now).toISOString();
      const suspensions = member.suspensions.map((one) => (one.until === null ? { ...one, until } : one));
      return { ...member, status: 'ACTIVE', suspensions };
    });

/** The new key counts from now on; those in use until now, a while longer, for what is on its way. */
export function withNewKey<Holder extends { readonly code: string; readonly keys: readonly SigningKey[] }>(
  holder: Holder,
  key: SigningKey,
  end: number,
): Holder {
  const { code, keys } = holder;
  if (keys.some(({ kid }) => kid === key.kid)) throw new Problem(`${code} has this key already.`, 'usage');
  const notAfter = new Date(end).toISOString();
  return { ...holder, keys: [...keys.map((one) => (one.notAfter === null ? { ...one, notAfter } : one)), key] };
}

export const rotateKey =
  (code: string, key: SigningKey, graceMs: number): Change =>
  (directory, now) =>
    changeMember(directory, code, (member) => withNewKey(member, key, now + graceMs));

/** Nothing but a new term, of so many days. */
export const renew =
  (softDays: number, hardDays: number): Change =>
  (directory, now) => ({ ...directory, ...termsFrom(now, softDays, hardDays) });

/** A log that was made anew has begun one more epoch: the number never falls. */
export const setPolicy =
  (changed: Partial<Policy>): Change =>
  (directory) => {
    const { logEpoch } = directory.policy;
    if (changed.logEpoch !== undefined && changed.logEpoch < logEpoch) {
      throw new Problem(`logEpoch is ${logEpoch}, and never falls.`, 'usage');
    }
    return { ...directory, policy: { ...directory.policy, ...changed } };
  };

export const rotateAuthorities =
  (authorities: Authorities): Change =>
  (directory) => ({ ...directory, authorities });
