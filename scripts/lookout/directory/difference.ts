/** What a new version of the directory changes, a line each, for whoever is about to sign it. Pure. */
import type { Authorities, Directory, Gateway, Member, Policy, Regulator, SigningKey } from '#schema/directory.ts';

/** A directory with nothing in it, for the first one. */
type Before = Directory | undefined;

/** Whoever has a line of its own in the directory. */
type Party = Member | Gateway | Regulator;

const nameOf = (member: Party): string =>
  'nameEn' in member ? `${member.code} ${member.nameZh} ${member.nameEn}` : member.code;

function keyLines(old: readonly SigningKey[], next: readonly SigningKey[]): string[] {
  const before = new Map(old.map((key) => [key.kid, key]));
  const left = new Set(next.map(({ kid }) => kid));
  return [
    ...next.flatMap((key) => {
      const known = before.get(key.kid);
      if (known === undefined) return [`key ${key.kid} is added, from ${key.notBefore} on`];
      if (known.notAfter !== key.notAfter) return [`key ${key.kid} ends ${key.notAfter ?? 'no more'}`];
      return known.notBefore === key.notBefore ? [] : [`key ${key.kid} counts from ${key.notBefore} on`];
    }),
    ...old.flatMap(({ kid }) =>
      left.has(kid) ? [] : [`key ${kid} is removed, and what it signed cannot be verified any more`],
    ),
  ];
}

/** What of a member or gateway is not the same. */
function changedLines(old: Party, next: Party): string[] {
  const lines: string[] = [];
  if (old.status !== next.status) lines.push(next.status === 'SUSPENDED' ? 'is suspended' : 'is reinstated');
  else if ('suspensions' in old && 'suspensions' in next) {
    if (JSON.stringify(old.suspensions) !== JSON.stringify(next.suspensions))
      lines.push('has other times of suspension');
  }
  if ('endpoint' in old && 'endpoint' in next && old.endpoint !== next.endpoint) {
    lines.push(`moves from ${old.endpoint} to ${next.endpoint}`);
  }
  if ('rights' in old && 'rights' in next && old.rights.join() !== next.rights.join()) {
    lines.push(next.rights.length === 0 ? 'has no rights' : `has the rights ${next.rights.join(', ')}`);
  }
  if (nameOf(old) !== nameOf(next)) lines.push(`is now called ${nameOf(next)}`);
  if ('kind' in old && 'kind' in next && (old.kind !== next.kind || old.province !== next.province)) {
    lines.push(`is now of kind ${next.kind} in province ${next.province}`);
  }
  return [...lines, ...keyLines(old.keys, next.keys)].map((line) => `${next.code} ${line}`);
}

function partyLines(what: string, old: readonly Party[], next: readonly Party[]): string[] {
  const before = new Map(old.map((one) => [one.code, one]));
  const left = new Set(next.map(({ code }) => code));
  return [
    ...next.flatMap((one) => {
      const known = before.get(one.code);
      if (known !== undefined) return changedLines(known, one);
      const where = 'endpoint' in one ? ` at ${one.endpoint}` : '';
      const rights = 'rights' in one && one.rights.length > 0 ? ` and the rights ${one.rights.join(', ')}` : '';
      return [`${what} ${nameOf(one)} is admitted${where} with ${one.keys.length} key(s)${rights}`];
    }),
    ...old.flatMap((one) => (left.has(one.code) ? [] : [`${what} ${nameOf(one)} is removed`])),
  ];
}

function authorityLines(old: Authorities | undefined, next: Authorities): string[] {
  const before = new Set(old?.keys.map(({ kid }) => kid));
  const left = new Set(next.keys.map(({ kid }) => kid));
  return [
    ...(old?.threshold === next.threshold ? [] : [`${next.threshold} of ${next.keys.length} authorities have to sign`]),
    ...next.keys.flatMap(({ kid, name }) => (before.has(kid) ? [] : [`authority ${name} (${kid}) is added`])),
    ...(old?.keys ?? []).flatMap(({ kid, name }) => (left.has(kid) ? [] : [`authority ${name} (${kid}) is removed`])),
  ];
}

function policyLines(old: Policy | undefined, next: Policy): string[] {
  const before = new Map(Object.entries(old ?? {}));
  return Object.entries(next).flatMap(([name, value]) =>
    before.get(name) === value ? [] : [`policy ${name}: ${before.get(name) ?? 'not said'} -> ${value}`],
  );
}

function ruleSetLines(old: Before, next: Directory): string[] {
  const named = ({ ruleSets }: Directory) => ruleSets.map(({ id, hash }) => `${id} (${hash.slice(0, 12)})`);
  const [before, after] = [old === undefined ? [] : named(old), named(next)];
  return [
    ...after.filter((one) => !before.includes(one)).map((one) => `rule set ${one} is in force`),
    ...before.filter((one) => !after.includes(one)).map((one) => `rule set ${one} is no longer in force`),
  ];
}

/** @param old what stands; undefined before the first version. */
export function differenceOf(old: Before, next: Directory): string[] {
  return [
    `version ${old?.version ?? 0} -> ${next.version}, good until ${next.softUntil}, at most until ${next.hardUntil}`,
    ...authorityLines(old?.authorities, next.authorities),
    ...partyLines('gateway', old?.gateways ?? [], next.gateways),
    ...partyLines('member', old?.members ?? [], next.members),
    ...partyLines('regulator', old?.regulators ?? [], next.regulators),
    ...policyLines(old?.policy, next.policy),
    ...ruleSetLines(old, next),
  ];
}
