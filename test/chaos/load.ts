/** Desks at work until so many facts are acknowledged, at several chairs at once, with donors who are at two places at once. */
import { createHash } from 'node:crypto';

import { DonorToken } from '#schema/ids.ts';
import type { EventId, StationCode } from '#schema/ids.ts';
import type { Procedure } from '#schema/procedures.ts';
import type { Random } from '#test/simulation/random.ts';

import { createDesk } from './desk.ts';
import type { Draw, Told } from './desk.ts';
import type { ChaosStation } from './federation.ts';

/** What the desks were told. */
export interface Acknowledged {
  readonly station: StationCode;
  readonly kind: 'donation' | 'lookout' | 'registration';
  readonly number: string;
}

export interface AnsweredPermit {
  readonly id: EventId;
  readonly station: StationCode;
  readonly token: DonorToken;
}

export interface Work {
  readonly acknowledged: readonly Acknowledged[];
  readonly permits: readonly AnsweredPermit[];
  readonly told: ReadonlyMap<string, number>;
}

const aDay = 86_400_000;

const donorNamed = (name: string): DonorToken =>
  DonorToken.parse(createHash('sha256').update(name).digest('base64url'));

const dayAgo = (days: number): string => new Date(Date.now() - days * aDay).toISOString().slice(0, 10);

interface Chair {
  readonly station: ChaosStation;
  readonly desk: ReturnType<typeof createDesk>;
  /** What was recorded here. */
  readonly draws: Draw[];
  readonly openLookouts: string[];
  readonly openRegistrations: string[];
}

export interface LoadOptions {
  readonly stations: readonly ChaosStation[];
  readonly random: Random;
  /** About how many facts it will be: the more, the more donors. */
  readonly facts: number;
  /** Whether there is more to be done after so many facts. */
  readonly goesOn: (facts: number) => boolean;
  /** How long a desk rests after an errand, at most. */
  readonly restMs: number;
  readonly onProgress: (facts: number) => void;
}

export async function work({ stations, random, facts, goesOn, restMs, onProgress }: LoadOptions): Promise<Work> {
  const acknowledged: Acknowledged[] = [];
  const permits: AnsweredPermit[] = [];
  const told = new Map<string, number>();
  let numbers = 0;
  let newcomers = 0;
  let count = 0;
  const chairs = stations.map((station): Chair => {
    const desk = createDesk({ code: station.code, url: station.process.url });
    return { station, desk, draws: [], openLookouts: [], openRegistrations: [] };
  });
  const bloodChairs = chairs.filter(({ station }) => station.member.kind === 'BLOOD');
  const pool = Array.from({ length: Math.max(10, Math.floor(facts / 20)) }, (_, place) => donorNamed(`pool ${place}`));

  function note(field: string, answer: Told): boolean {
    const name = `${field} ${answer?.type ?? 'no answer'} ${answer?.code ?? ''}`.trim();
    told.set(name, (told.get(name) ?? 0) + 1);
    const isDone = answer !== null && answer.type !== 'Refused' && answer.type !== 'NotAvailable';
    if (isDone) {
      count += 1;
      onProgress(count);
    }
    return isDone;
  }
  const nextNumber = (): string => `N${(numbers += 1)}`;
  const procedureAt = ({ station }: Chair): Procedure =>
    station.member.kind === 'PLASMA' ? 'SOURCE_PLASMA' : random.pick(['WHOLE_BLOOD', 'PLATELETS'] as const);

  async function donate(chair: Chair, draw: Draw): Promise<void> {
    if (!note('recordDonation', await chair.desk.donate(draw))) return;
    chair.draws.push(draw);
    acknowledged.push({ station: chair.station.code, kind: 'donation', number: draw.donationNo });
  }

  const drawOf = (chair: Chair, token: DonorToken): Draw => ({
    donationNo: nextNumber(),
    token,
    procedure: procedureAt(chair),
    collectedAt: new Date(Date.now() - random.whole(1, 400 * 24) * 3_600_000),
    outcome: random.chance(0.2) ? 'NO_BLOOD' : 'COMPLETE',
  });

  /** Two chairs want the same donor at the same moment. */
  async function contest(): Promise<void> {
    const token = donorNamed(`newcomer ${newcomers}`);
    if (random.chance(0.7)) newcomers += 1;
    const procedure = random.pick(['WHOLE_BLOOD', 'PLATELETS'] as const);
    const asked = bloodChairs.map(async (chair) => {
      const { told: answer, permit } = await chair.desk.requestPermit(token, procedure);
      note('requestPermit', answer);
      if (permit === null) return;
      permits.push({ id: permit, station: chair.station.code, token });
      const end = random.next();
      const draw = { ...drawOf(chair, token), procedure, collectedAt: new Date(), permit };
      if (end < 0.4) await donate(chair, draw);
      else if (end < 0.8) note('releasePermit', await chair.desk.release(permit));
    });
    await Promise.all(asked);
  }

  async function report(chair: Chair, token: DonorToken): Promise<void> {
    const number = nextNumber();
    if (!note('reportLookout', await chair.desk.report(number, token, dayAgo(random.whole(1, 300))))) return;
    chair.openLookouts.push(number);
    acknowledged.push({ station: chair.station.code, kind: 'lookout', number });
  }

  async function register(chair: Chair, token: DonorToken): Promise<void> {
    const number = nextNumber();
    if (!note('registerPlasmaDonor', await chair.desk.register(number, token, dayAgo(random.whole(1, 300))))) return;
    chair.openRegistrations.push(number);
    acknowledged.push({ station: chair.station.code, kind: 'registration', number });
  }

  async function correct(chair: Chair): Promise<void> {
    const draw = chair.draws.at(random.whole(0, chair.draws.length));
    if (draw === undefined) return;
    const token = random.chance(0.3) ? random.pick(pool) : draw.token;
    const truth = { ...drawOf(chair, token), donationNo: draw.donationNo, procedure: draw.procedure };
    note('correctDonation', await chair.desk.correct(truth));
  }

  async function errand(): Promise<void> {
    const chair = random.pick(chairs);
    const token = random.pick(pool);
    const isPlasma = chair.station.member.kind === 'PLASMA';
    const lookout = random.chance(0.5) ? chair.openLookouts.pop() : undefined;
    const registration = random.chance(0.5) ? chair.openRegistrations.pop() : undefined;
    await random.weighted<() => Promise<unknown>>([
      [50, () => donate(chair, drawOf(chair, token))],
      [18, () => contest()],
      [8, () => report(chair, token)],
      [lookout === undefined ? 0 : 8, async () => note('clearLookout', await chair.desk.clear(lookout ?? ''))],
      [isPlasma ? 20 : 0, () => register(chair, token)],
      [
        registration === undefined ? 0 : 10,
        async () => note('releasePlasmaDonor', await chair.desk.unregister(registration ?? '')),
      ],
      [10, () => correct(chair)],
    ])();
  }

  async function desk(): Promise<void> {
    while (goesOn(count)) {
      const before = count;
      await errand();
      // Nobody knocks at a closed door without end.
      const rest = random.whole(0, restMs) + (count === before ? 50 : 0);
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }
  await Promise.all(Array.from({ length: 8 }, desk));
  return { acknowledged, permits, told };
}
