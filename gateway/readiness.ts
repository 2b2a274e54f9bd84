/**
 * Whether the federation has come up: the gateway is ready once every active station has said that it is. From then on it
 * stays ready, because it answers without a station that fails later; which do is still shown.
 */
import type { Member } from '#schema/directory.ts';
import type { StationCode } from '#schema/ids.ts';
import type { DirectoryFile } from '#server/directory/file.ts';
import type { Check } from '#server/http/health.ts';

import type { Asked } from './exchange.ts';
import type { StationLinks } from './station-links.ts';

const STARTING_MS = 500;
const RUNNING_MS = 5_000;

const question: Asked = { method: 'GET', path: '/readyz', headers: [], body: null, answerBytes: 64 * 1024 };

export interface Readiness {
  /** One check a station. */
  readonly checks: () => Check[];
  readonly start: () => void;
  readonly stop: () => void;
}

export interface ReadinessOptions {
  readonly directory: DirectoryFile;
  readonly links: StationLinks;
}

/** The code that lies deepest in an error: `ENOTFOUND`, `CERT_HAS_EXPIRED`, or one of our own. */
function codeIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return codeIn(error.cause) ?? own;
}

export function createReadiness({ directory, links }: ReadinessOptions): Readiness {
  /** Why each is not ready; null for one that is. */
  const reasons = new Map<StationCode, string | null>();
  let cameUp = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const isReady = ({ code }: Member) => reasons.get(code) === null;
  const active = () => directory.current().members.filter(({ status }) => status === 'ACTIVE');
  const askOne = async (member: Member) => {
    const reason = await links.ask(member, question).then(
      ({ status }) => (status === 200 ? null : `it answers ${status}`),
      (error: unknown) => codeIn(error) ?? 'INTERNAL',
    );
    reasons.set(member.code, reason);
  };
  const look = async () => {
    await Promise.all(active().map(askOne));
    cameUp ||= active().every(isReady);
    if (!stopped) timer = setTimeout(() => void look(), cameUp ? RUNNING_MS : STARTING_MS).unref();
  };

  return {
    checks: () =>
      active().map((member) => {
        const name = `station ${member.code}`;
        if (isReady(member)) return { name, ok: true };
        const reason = reasons.get(member.code) ?? 'not asked yet';
        const detail = cameUp ? `not ready now, answers go without it: ${reason}` : `not ready yet: ${reason}`;
        return { name, ok: cameUp, detail };
      }),
    start: () => void look(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
