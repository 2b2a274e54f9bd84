/** The bounds of the log's time hold whatever the clocks of a station do. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { earliestLogTime, latestLogTime } from '#node/domain/log-clock.ts';

const aWeek = 7 * 86_400_000;

test('hold for stopwatches that run too fast or too slow, and for a wall clock that somebody turns', () => {
  const duration = fc.integer({ min: 0, max: aWeek });
  const drift = fc.double({ min: -0.0005, max: 0.0005, noNaN: true });
  const turned = fc.integer({ min: -aWeek, max: aWeek });
  fc.assert(
    fc.property(duration, duration, duration, drift, turned, (there, back, since, tooFast, turn) => {
      const began = 1_000_000;
      /** What the two hands show so long after the append was sent. */
      const moment = (elapsed: number, turnedBy = 0) => {
        const shown = elapsed * (1 + tooFast);
        return { monotonic: shown, wall: shown + turnedBy };
      };
      const sounding = { sent: moment(0), answered: moment(there + back), logTime: began + there };
      const truth = began + there + back + since;
      const now = moment(there + back + since, turn);
      expect(earliestLogTime(sounding, now)).toBeLessThanOrEqual(truth + 1e-3);
      expect(latestLogTime(sounding, now)).toBeGreaterThanOrEqual(truth - 1e-3);
    }),
  );
});
