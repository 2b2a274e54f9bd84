/**
 * Permits: a desk takes the donor's chair before the needle, so that no second chair of the federation can. The claim goes into
 * the donor log and is judged there, by every node alike; this station answers when its own claim has come back.
 */
import type { Asker } from '#schema/caller.ts';
import type { FaultCode, RefusalCode } from '#schema/codes.ts';
import type { Counted } from '#schema/count-families.ts';
import type { Coverage } from '#schema/coverage.ts';
import type { Decision, RuleSetReference } from '#schema/decision.ts';
import type { Member } from '#schema/directory.ts';
import { Fault, Refused } from '#schema/errors.ts';
import { EventId } from '#schema/ids.ts';
import type { DonorToken } from '#schema/ids.ts';
import type { Procedure } from '#schema/procedures.ts';

import type { Entry } from '../../audit-port.ts';
import type { Database } from '../../db/client.ts';
import { tokenOf } from '../../db/columns.ts';
import { tellAlone } from '../../db/outbox.ts';
import type { Telling } from '../../db/outbox.ts';
import { crossDonationAttempt } from '../../domain/check-class.ts';
import type { HistoryEvent } from '../../domain/history.ts';
import type { ClockPort, DirectoryPort, JudgedClaim, KnowledgePort, LogTimePort, OutboxPort } from '../../ports.ts';
import { createGivingBack } from './giving-back.ts';
import type { GivingBack } from './giving-back.ts';
import { permitsOf } from './permit-view.ts';
import type { Permit } from './permit-view.ts';

/** Hears what became of this station's claims, whichever instance applied them. */
export interface Outcomes {
  /** What became of a claim at its place in the log, as soon as it is applied here; null when that is not by the deadline. */
  waitFor(id: EventId, deadlineMs: number, signal?: AbortSignal): Promise<JudgedClaim | null>;
}

/** Nothing was decided and nothing is held: the same request may succeed later. */
export interface NotAvailable {
  readonly notAvailable: FaultCode;
}

/** The check before a claim, and what it counts as in the figures. */
interface Checked extends Decision {
  readonly counted: readonly Counted[];
}

/** Gets what a request counts as in the station's figures. */
type Count = Entry['count'];

export interface Dependencies {
  readonly station: Pick<Member, 'code' | 'kind'>;
  readonly ruleSet: RuleSetReference;
  /** The eligibility question, as of today. Refuses `PROCEDURE_NOT_OFFERED`. */
  readonly check: (asker: Asker, token: DonorToken, procedure: Procedure) => Promise<Checked>;
  readonly knowledge: KnowledgePort;
  readonly database: Pick<Database, 'prisma' | 'pool'>;
  readonly outbox: Pick<OutboxPort, 'withdraw'>;
  readonly outcomes: Outcomes;
  readonly logTime: LogTimePort;
  readonly directory: DirectoryPort;
  readonly clock: ClockPort;
  readonly telling: Telling;
  /** How long a desk waits for the log, in milliseconds; the log may take a claim as long. */
  readonly patienceMs?: number;
}

export interface Permits {
  /**
   * Takes the donor's chair for one procedure. Asked again while the permit is in force, answers the same one. Refuses
   * `PROCEDURE_NOT_OFFERED`, `NOT_ELIGIBLE`, `PERMIT_TAKEN`.
   *
   * @param count is told before the answer, of two who ask for the same at once only the first.
   */
  request(asker: Asker, token: DonorToken, procedure: Procedure, count?: Count): Promise<Permit | NotAvailable>;
  /** Gives a chair back. Again, or when it is over, changes nothing. Refuses `PERMIT_UNKNOWN`. */
  release(id: string): Promise<Permit>;
  /** Ends what waits in the background. */
  stop(): void;
}

const granted: Counted = { family: 'PERMITS', class: 'GRANTED' };
const refused: Counted = { family: 'PERMITS', class: 'REFUSED' };

/** A rule or another chair stands in the way. */
function refuse(code: RefusalCode, count: Count): never {
  count([refused]);
  throw new Refused(code);
}

const notAvailable = (code: FaultCode): NotAvailable => ({ notAvailable: code });

/** Why a check could not be made: what is said of the first station that is missing. */
function faultOf({ stations }: Coverage): FaultCode {
  return stations.find(({ state }) => state === 'MISSING')?.fault ?? 'STATION_BEHIND';
}

interface Claim extends Pick<HistoryEvent, 'id' | 'body'> {
  readonly token: DonorToken;
  readonly procedure: Procedure;
}

/** Puts a claim into the outbox; from here on the log decides. */
async function claim(
  { database, ruleSet, directory, clock, telling }: Dependencies,
  { token, procedure, notAfter }: { token: DonorToken; procedure: Procedure; notAfter: number },
): Promise<Claim> {
  const { permitMs } = directory.current().policy;
  const { id, hash } = ruleSet;
  const body = { type: 'permit.claimed', procedure, lifetimeMs: permitMs, notAfter, ruleSet: { id, hash } } as const;
  const claimed = await tellAlone(database.pool, telling, { token, body, at: clock.now() });
  return { id: claimed, body, token, procedure };
}

/** The permit a claim became, just now: nothing can have ended it. */
function permitOf({ station, logTime }: Dependencies, { id, body, token }: Claim, appendedAt: number): Permit {
  const { code: origin } = station;
  const granted = { id, origin, offset: 0, appendedAt, isOwn: true, body, claim: 'GRANTED' } as const;
  const [permit] = permitsOf(token, [granted], origin, Math.max(logTime.latest() ?? 0, appendedAt));
  if (permit === undefined) throw new Fault('INTERNAL');
  return permit;
}

/** The own permits of a donor, as of now. */
async function permitsNow({ station, knowledge, logTime, clock }: Dependencies, token: DonorToken): Promise<Permit[]> {
  const { history } = await knowledge.knowledgeOf(token);
  return permitsOf(token, history, station.code, logTime.latest() ?? clock.now().getTime());
}

const restingOn = (coverage: Coverage, answer: Permit | NotAvailable): Permit | NotAvailable =>
  'notAvailable' in answer ? answer : { ...answer, coverage };

const findHeld = (permits: readonly Permit[], procedure: Procedure): Permit | undefined =>
  permits.find((permit) => permit.state === 'IN_FORCE' && permit.procedure === procedure);

async function release(dependencies: Dependencies, givingBack: GivingBack, named: string): Promise<Permit> {
  const id = EventId.safeParse(named).data;
  const told = id === undefined ? null : await dependencies.database.prisma.outbox.findUnique({ where: { id } });
  if (id === undefined || told === null) throw new Refused('PERMIT_UNKNOWN');
  const permits = await permitsNow(dependencies, tokenOf(told.token));
  const permit = permits.find((candidate) => candidate.id === id);
  if (permit === undefined) throw new Refused('PERMIT_UNKNOWN');
  if (permit.state !== 'IN_FORCE') return permit;
  await givingBack.now(id, permit.token);
  return { ...permit, state: 'RELEASED' };
}

/** A permit this station holds already, unless it is being given back. */
async function again(givingBack: GivingBack, held: Permit, latest: number): Promise<Permit | NotAvailable> {
  return (await givingBack.maySettleOn(held, latest)) ? held : notAvailable('LOG_UNAVAILABLE');
}

/** The log found the chair taken: by this station itself, or by another. */
async function settleTaken(
  dependencies: Dependencies,
  givingBack: GivingBack,
  { token, procedure }: Pick<Claim, 'token' | 'procedure'>,
  count: Count,
): Promise<Permit | NotAvailable> {
  const held = findHeld(await permitsNow(dependencies, token), procedure);
  if (held !== undefined) return again(givingBack, held, dependencies.logTime.latest() ?? held.grantedAt);
  if (procedure === 'SOURCE_PLASMA') count([crossDonationAttempt]);
  return refuse('PERMIT_TAKEN', count);
}

export function createPermits(dependencies: Dependencies): Permits {
  const { station, check, outbox, outcomes, logTime } = dependencies;
  const { telling, patienceMs = 5_000 } = dependencies;
  const givingBack = createGivingBack({ ...dependencies, telling, patienceMs });
  const asking = new Map<string, Promise<Permit | NotAvailable>>();

  /** Not answered in time: the claim is taken back, or goes void, or is given back when it is granted after all. */
  async function giveUp(id: EventId, token: DonorToken): Promise<NotAvailable> {
    const isWithdrawn = await outbox.withdraw(id).catch(() => false);
    if (!isWithdrawn) givingBack.whenGranted(id, token);
    return notAvailable('LOG_UNAVAILABLE');
  }

  async function settle(claimed: Claim, count: Count): Promise<Permit | NotAvailable> {
    const { id, token } = claimed;
    const judged = await outcomes.waitFor(id, patienceMs);
    if (judged === null) return giveUp(id, token);
    const { outcome, appendedAt } = judged;
    if (outcome === 'VOID') return notAvailable('LOG_UNAVAILABLE');
    if (outcome === 'UNDECIDED') return notAvailable('CLAIM_UNDECIDED');
    if (outcome === 'NOT_ELIGIBLE') return refuse('NOT_ELIGIBLE', count);
    if (outcome === 'TAKEN') return settleTaken(dependencies, givingBack, claimed, count);
    const permit = permitOf(dependencies, claimed, appendedAt);
    givingBack.handedOut(permit);
    count([granted]);
    return permit;
  }

  async function request(
    asker: Asker,
    { token, procedure }: Pick<Claim, 'token' | 'procedure'>,
    count: Count,
  ): Promise<Permit | NotAvailable> {
    const [decision, permits] = await Promise.all([check(asker, token, procedure), permitsNow(dependencies, token)]);
    const { verdict, grounds, coverage } = decision;
    count(decision.counted.filter(({ family }) => family === 'CROSS_DONATION_ATTEMPTS'));
    if (verdict === 'DEFERRED' || verdict === 'REFER') return refuse('NOT_ELIGIBLE', count);
    const latest = logTime.latest();
    if (latest === null) return notAvailable('LOG_UNAVAILABLE');
    const own = coverage.stations.find((part) => part.station === station.code);
    if (own?.state === 'MISSING') return notAvailable(own.fault ?? 'STATION_BEHIND');
    const held = findHeld(permits, procedure);
    if (held !== undefined) return restingOn(coverage, await again(givingBack, held, latest));
    if (grounds.some(({ code }) => code === 'PERMIT_ELSEWHERE')) return refuse('PERMIT_TAKEN', count);
    if (verdict === 'INDETERMINATE') return notAvailable(faultOf(coverage));
    const claimed = await claim(dependencies, { token, procedure, notAfter: Math.floor(latest) + patienceMs });
    return restingOn(coverage, await settle(claimed, count));
  }

  return {
    request(asker, token, procedure, count = () => undefined) {
      // Two clicks are one request.
      const name = `${token} ${procedure}`;
      const known = asking.get(name);
      if (known !== undefined) return known;
      const answer = request(asker, { token, procedure }, count).finally(() => asking.delete(name));
      asking.set(name, answer);
      return answer;
    },

    release: (id) => release(dependencies, givingBack, id),

    stop: () => {
      givingBack.stop();
    },
  };
}
