/** The ways in which a foreign station fails or lies, and the fault each of them must be named by. */
import type { FaultCode } from '#schema/codes.ts';

import { itemFor, say } from './stand-in.ts';
import type { Behaviour } from './stand-in.ts';

interface Hostile {
  readonly what: string;
  readonly fault: FaultCode;
  readonly behaviour: Behaviour;
}

const about = (code: string, change: object) => ({ data: { _stations: [{ ...itemFor(code), ...change }] } });

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
    behaviour: (response, _asked, code) => {
      say(response, about(code, {}), 500);
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
    behaviour: (response, _asked, code) => {
      say(response, { ...about(code, {}), errors: [{ message: 'secret of the station' }] });
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
    behaviour: (response, _asked, code) => {
      say(response, JSON.stringify(about(code, {})).slice(0, -3));
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
    behaviour: (response, _asked, code) => {
      say(response, { data: { _stations: [itemFor(code), itemFor(code)] } });
    },
  },
  {
    what: 'answers for another station',
    fault: 'STATION_BAD_ANSWER',
    behaviour: (response) => {
      say(response, about('999999B99', {}));
    },
  },
  { what: 'never stops answering', fault: 'STATION_BAD_ANSWER', behaviour: endless },
];

export const hostileAboutItself: readonly Hostile[] = [
  { version: null },
  { version: { major: 1 } },
  { ready: 'perhaps' },
  { replication: null },
  { replication: { __typename: 'Replication', lag: 'none', members: 3 } },
].map((change) => ({
  what: `says ${JSON.stringify(change)} of itself`,
  fault: 'STATION_BAD_ANSWER',
  behaviour: (response, _asked, code) => {
    say(response, about(code, change));
  },
}));
