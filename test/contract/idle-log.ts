/** `idle-log.ts BROKERS PREFIX`: a log that reads and has written, and then has nothing to do. Prints the share of a core it takes. */
import { setTimeout as pause } from 'node:timers/promises';

import { pino } from 'pino';

import { createKafkaLog } from '#node/adapters/kafka-log.ts';

const [brokers = '', topicPrefix = ''] = process.argv.slice(2);
const log = createKafkaLog({
  brokers: brokers.split(','),
  topicPrefix,
  clientId: 'idle',
  partitions: 4,
  log: pino({ level: 'silent' }),
});
const end = new AbortController();
const came = Promise.withResolvers<null>();
const onBatch = () => {
  came.resolve(null);
  return Promise.resolve();
};
const reading = log.read({ topic: 'donors', from: [0, 0, 0, 0], onBatch }, end.signal);
await log.append('donors', [{ partition: 0, key: 'key', value: 'value' }]);
await came.promise;
// What is left to be compiled and collected after the start is not what is measured. Time passing is.
await pause(2_000);
const before = process.cpuUsage();
const began = performance.now();
await pause(3_000);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1_000 / (performance.now() - began));
end.abort();
await reading;
await log.stop();
