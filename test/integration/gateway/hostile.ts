/** The ways in which a foreign station fails or lies, and the fault each of them must be named by. */
import type { FaultCode } from '#schema/codes.ts';

import { itemFor, say } from './stand-in.ts';
import type { Asked, Behaviour } from './stand-in.ts';

interface Hostile {
  readonly what: string;
  readonly fault: FaultCode;
  readonly behaviour: Behaviour;
}

const about = (asked: Asked, code: string, change: object) => ({
  data: { _stations: [{ ...itemFor(asked, code), ...change }] },
});

const endless: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = () => {
    if (response.destroyed) return;
    if (response.write('x'.repeat(64 * 1024))) setImmediate(more);
    else response.once('drain', more);
  };
  more();
};

const dripping: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const drip = setInterval(() => response.write(' '), 20);
  response.on('close', () => {
    clearInterval(drip);
  });
};

/** Whatever is asked. */
export const hostileAlways: readonly Hostile[] = [
  { what: 'never answers', fault: 'STATION_TIMEOUT', behaviour: () => undefined },
  {
    what: 'hangs after its headers',
    fault: 'STATION_TIMEOUT',
    behaviour: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    },
  },
  { what: 'sends its body drop by drop', fault: 'STATION_TIMEOUT', behaviour: dripping },
  {
    what: 'resets the connection in the middle of its answer',
    fault: 'STATION_UNREACHABLE',
    behaviour: (response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"data":', () => response.socket?.resetAndDestroy());
    },
  },
  {
    what: 'closes the connection before it answers',
    fault: 'STATION_UNREACHABLE',
    behaviour: (response) => {
      response.destroy();
    },
  },
  {
    what: 'answers with status 500',
    fault: 'STATION_FAILED',
    behaviour: (response, asked, code) => {
      say(response, about(asked, code, {}), 500);
    },
  },
  {
    what: 'answers with a redirect',
    fault: 'STATION_BAD_ANSWER',
    behaviour: (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  },
  {
    what: 'answers with errors',
    fault: 'STATION_FAILED',
    behaviour: (response, asked, code) => {
      say(response, { ...about(asked, code, {}), errors: [{ message: 'secret of the station' }] });
    },
  },
  {
    what: 'answers with a page',
    fault: 'STATION_BAD_ANSWER',
    behaviour: (response) => {
      say(response, '<html>maintenance</html>');
    },
  },
  {
    what: 'answers with half a document',
    fault: 'STATION_BAD_ANSWER',
    behaviour: (response, asked, code) => {
      say(response, JSON.stringify(about(asked, code, {})).slice(0, -3));
    },
  },
  {
    what: 'answers with no data',
    fault: 'STATION_BAD_ANSWER',
    behaviour: (response) => {
      say(response, { data: null });
    },
  },
  {
    what: 'says that it is nobody',
    fault: 'STATION_BAD_ANSWER',
    behaviour: (response) => {
      say(response, { data: { _stations: [null] } });
    },
  },
  {
    what: 'answers for two',
    fault: 'STATION_BAD_ANSWER',
    behaviour: (response, asked, code) => {
      say(response, { data: { _stations: [itemFor(asked, code), itemFor(asked, code)] } });
    },
  },
  {
    what: 'answers for another station',
    fault: 'STATION_BAD_ANSWER',
    behaviour: (response, asked) => {
      say(response, about(asked, '999999B99', {}));
    },
  },
  { what: 'never stops answering', fault: 'STATION_BAD_ANSWER', behaviour: endless },
];

const token = 'E'.repeat(43);
const lists = { donations: [], bars: [], registrations: [] };
const fact = { procedure: 'PLATELETS', collectedOn: '2026-03-01', volumeMl: 300, outcome: 'COMPLETE' };

const lying = (what: string, donors: (asked: string[]) => unknown): Hostile => ({
  what,
  fault: 'STATION_BAD_ANSWER',
  behaviour: (response, asked, code) => {
    say(response, about(asked, code, { donors: donors(asked.variables['tokens'] as string[]) }));
  },
});

/** When it is asked about donors. */
export const hostileAboutDonors: readonly Hostile[] = [
  lying('answers about another donor', () => [{ token, ...lists }]),
  lying('answers about more donors', (tokens) => [...tokens, token].map((one) => ({ token: one, ...lists }))),
  lying('answers about no donor', () => []),
  lying('answers without lists', (tokens) => tokens.map((one) => ({ token: one }))),
  lying('answers null for a list', (tokens) => tokens.map((one) => ({ token: one, ...lists, bars: null }))),
  ...[
    { ...fact, volumeMl: '300' },
    { ...fact, volumeMl: 300.5 },
    { ...fact, volumeMl: -1 },
    { ...fact, procedure: 'BLOODLETTING' },
    { ...fact, outcome: null },
    { ...fact, collectedOn: '2026-02-30' },
    { ...fact, collectedOn: '2026-03-01T00:00:00Z' },
    'a draw',
  ].map((wrong) =>
    lying(`holds the draw ${JSON.stringify(wrong)}`, (tokens) =>
      tokens.map((one) => ({ token: one, ...lists, donations: [fact, wrong] })),
    ),
  ),
];

export const hostileAboutItself: readonly Hostile[] = [
  { version: null },
  { version: { major: 1 } },
  { ready: 'perhaps' },
  { donor: null },
  { donor: { token, ...lists, donations: [{ ...fact, procedure: 'BLOODLETTING' }] } },
].map((change) => ({
  what: `says ${JSON.stringify(change)} of itself`,
  fault: 'STATION_BAD_ANSWER',
  behaviour: (response, asked, code) => {
    say(response, about(asked, code, change));
  },
}));
