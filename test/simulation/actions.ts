/** What may happen next in a run, and how likely: people at their desks, faults, and the passing of time. */
import type { ReportedDonation } from '#schema/events.ts';
import type { DonorToken } from '#schema/ids.ts';
import { offers, Procedure } from '#schema/procedures.ts';

import { tokens } from './ids.ts';
import type { Station } from './station.ts';
import type { World } from './world.ts';

const aDay = 86_400_000;

export interface Faults {
  /** Cuts or heals the way between two stations. */
  flapNetwork(): void;
  /** Cuts or heals the way from a station to the log. */
  flapLog(station: Station): void;
  /** Stops or starts the whole log. */
  flapBroker(): void;
  /** Puts something into the log that is nobody's event. */
  forge(): void;
  /** Suspends a member, or reinstates one. */
  changeDirectory(): void;
}

type Action = () => void;

/** @param scale how much of the recent is drawn: most draws are of today, some are told late. */
function drawnAt(world: World, station: Station): string {
  const now = station.clock.clock.now().getTime();
  const late = world.random.weighted<number>([
    [6, 0],
    [2, world.random.whole(0, 3 * 3_600_000)],
    [2, world.random.whole(0, 40 * aDay)],
  ]);
  return new Date(now - late).toISOString();
}

function aDraw(world: World, station: Station, procedure: Procedure): ReportedDonation {
  const { random } = world;
  const outcome = random.weighted([
    [5, 'NO_BLOOD'],
    [1, 'PARTIAL'],
    [2, 'COMPLETE'],
  ] as const);
  return { procedure, collectedAt: drawnAt(world, station), volumeMl: random.pick([200, 300, 400]), outcome };
}

/** What a chair asks for; the short intervals more often, so that there is something to grant. */
function aProcedure(world: World, station: Station): Procedure {
  const offered = Procedure.options.filter((procedure) => offers(station.member.kind, procedure));
  return offered.includes('PLATELETS') && world.random.chance(0.7) ? 'PLATELETS' : world.random.pick(offered);
}

/** The things people do. */
function deeds(world: World, station: Station, token: DonorToken): readonly (readonly [number, Action])[] {
  const { random } = world;
  const { operations, disk, held } = station;
  const run = (label: string, work: () => Promise<unknown>): void => {
    station.run(label, work);
  };
  const procedure = aProcedure(world, station);
  const openBars = [...disk.bars.values()].filter(({ until }) => until === null);
  const open = [...disk.registrations.values()].filter(({ until }) => until === null);
  const isPlasma = station.member.kind === 'PLASMA';
  const donations = [...disk.donations.values()];

  return [
    [
      16,
      () => {
        run('checks', () => operations.checked(token, procedure));
      },
    ],
    [
      16,
      () => {
        run('asks for a permit', async () => {
          const permit = await operations.requestPermit(token, procedure);
          if (permit !== null) held.push(permit);
        });
      },
    ],
    [
      1,
      () => {
        run('repeats a claim', () => operations.repeatClaim(token, procedure));
      },
    ],
    [
      4,
      () => {
        run('donates', () => operations.donate(token, aDraw(world, station, procedure), null));
      },
    ],
    [
      held.length > 0 ? 10 : 0,
      () => {
        const permit = held.splice(random.whole(0, held.length - 1), 1)[0];
        if (permit === undefined) return;
        const draw = {
          ...aDraw(world, station, permit.procedure),
          collectedAt: station.clock.clock.now().toISOString(),
        };
        run('donates under a permit', () => operations.donate(permit.token, draw, permit.id));
      },
    ],
    [
      held.length > 0 ? 6 : 0,
      () => {
        const permit = held.splice(random.whole(0, held.length - 1), 1)[0];
        if (permit !== undefined) run('releases', () => operations.release(permit.token, permit.id));
      },
    ],
    [
      1.5,
      () => {
        run('bars', () =>
          operations.setBar(token, new Date(station.clock.clock.now().getTime() - random.whole(0, 5) * aDay)),
        );
      },
    ],
    [
      openBars.length > 0 ? 14 : 0,
      () => {
        run('lifts', () => operations.liftBar(random.pick(openBars).eventId));
      },
    ],
    [
      isPlasma && open.length < 4 ? 14 : 0,
      () => {
        run('registers', () => operations.register(token));
      },
    ],
    [
      open.length > 0 ? 1 : 0,
      () => {
        run('unregisters', () => operations.unregister(random.pick(open).eventId));
      },
    ],
    [
      donations.length > 0 ? 3 : 0,
      () => {
        const { eventId, donation } = random.pick(donations);
        const truth = random.chance(0.5) ? null : aDraw(world, station, donation.procedure);
        run('corrects', () => operations.correct(eventId, truth, random.pick(tokens)));
      },
    ],
  ];
}

/** The things that break, and are mended. */
function blows(world: World, station: Station, faults: Faults): readonly (readonly [number, Action])[] {
  const { random } = world;
  return [
    [
      station.isUp() ? 3 : 0,
      () => {
        station.crash();
      },
    ],
    [
      station.isUp() ? 0 : 30,
      () => {
        station.start();
      },
    ],
    [
      station.isUp() ? 2 : 0,
      () => {
        station.pause();
      },
    ],
    [
      2,
      () => {
        faults.flapNetwork();
      },
    ],
    [
      1.5,
      () => {
        faults.flapLog(station);
      },
    ],
    [
      0.5,
      () => {
        faults.flapBroker();
      },
    ],
    [
      1,
      () => {
        station.clock.turn(random.pick([-1, 1]) * random.pick([50, 1_000, 60_000, 7_200_000]));
      },
    ],
    [
      1,
      () => {
        faults.forge();
      },
    ],
    [
      1,
      () => {
        faults.changeDirectory();
      },
    ],
  ];
}

/** Some time goes by: mostly little, now and then so much that intervals end. */
export function passTime(world: World): void {
  const { random } = world;
  const aWhile = random.weighted<number>([
    [850, random.whole(0, 100)],
    [120, random.whole(100, 1_500)],
    [20, random.whole(1_500, 30_000)],
    [6, random.whole(60_000, 6 * 3_600_000)],
    [2, random.whole(aDay, 40 * aDay)],
    [1, random.whole(60 * aDay, 200 * aDay)],
  ]);
  world.pass(aWhile);
}

/** One thing that happens. */
export function act(world: World, stations: readonly Station[], faults: Faults, faultWeight: number): void {
  const { random } = world;
  const station = random.pick(stations);
  if (random.chance(faultWeight) || !station.isUp()) {
    random.weighted(blows(world, station, faults))();
    return;
  }
  // One donor is everybody's favourite, so that they meet.
  const token = random.chance(0.4) ? tokens[0] : random.pick(tokens);
  if (token !== undefined && !station.isPaused()) random.weighted(deeds(world, station, token))();
}
