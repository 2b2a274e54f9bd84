/**
 * What a station says on the control topic. The heartbeat of the one that runs the relay: everything I knew at `asOf` is in
 * the log, up to these numbers. And the probe of the others, which tells nothing and only asks the log for the time.
 */
import type { StationCode } from '#schema/ids.ts';
import type { Heartbeat } from '#schema/events.ts';

import type { LogPort, OutboxPort, SignerPort } from '../ports.ts';
import type { LogTime } from './log-time.ts';

/** The value of a probe; readers pass over it. */
export const probeValue = 'probe';

export interface ProbeDependencies {
  readonly log: Pick<LogPort, 'append'>;
  readonly station: StationCode;
  readonly logTime: LogTime;
}

/** Asks the log for the time. Rejects with `LOG_UNAVAILABLE`. */
export function createProbe({ log, station, logTime }: ProbeDependencies): { probe(): Promise<void> } {
  return {
    probe: () => logTime.around(() => log.append('control', [{ partition: 0, key: station, value: probeValue }])),
  };
}

export interface HeartbeatDependencies extends ProbeDependencies {
  readonly outbox: Pick<OutboxPort, 'state'>;
  readonly signer: SignerPort;
  readonly partitions: number;
}

export interface Heartbeats {
  /** Says a heartbeat if the outbox is drained, and answers whether it was. Rejects when the database or the log does not answer. */
  beat(): Promise<boolean>;
}

export function createHeartbeat(dependencies: HeartbeatDependencies): Heartbeats {
  const { outbox, log, signer, station, logTime, partitions } = dependencies;
  const prober = createProbe(dependencies);

  return {
    async beat() {
      // Before the outbox is read: what is written down in between is after this time, and nothing before it is left out.
      const asOf = logTime.earliest();
      const { isDrained, seqs } = await outbox.state(partitions);
      if (!isDrained) {
        // A station with much to tell must know the time all the same, to judge what it hears.
        await prober.probe();
        return false;
      }
      const heartbeat: Heartbeat = { origin: station, asOf: asOf === null ? null : Math.floor(asOf), seqs: [...seqs] };
      const value = await signer.sign('heartbeat', JSON.stringify(heartbeat));
      await logTime.around(() => log.append('control', [{ partition: 0, key: station, value }]));
      return true;
    },
  };
}
