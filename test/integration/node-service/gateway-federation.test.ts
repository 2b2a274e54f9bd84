import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from 'vitest';

import { createGatewayFederation } from '#node/adapters/gateway-federation.ts';
import { DonorToken, StationCode } from '#schema/ids.ts';
import { directoryOf, suspendedSince } from '#test/support/directory.ts';
import { deadUrl, memberOf } from '#test/support/station.ts';

const token = DonorToken.parse('A'.repeat(43));
const otherToken = DonorToken.parse('E'.repeat(43));
const self = StationCode.parse('310198B01');
const directory = {
  current: () =>
    directoryOf([
      memberOf(self),
      memberOf('320198B01'),
      memberOf('330198B01'),
      memberOf('340198B01', suspendedSince()),
    ]),
};

const others = ['320198B01', '330198B01'].map((code) => StationCode.parse(code));

const live = (station: string) => ({ station, state: 'LIVE', fault: null, asOf: '2026-11-21T04:00:00.000Z' });
const donor = (of: string, stations: readonly object[]) => ({
  token: of,
  donations: [],
  bars: [{ station: '320198B01', since: '2026-01-01', until: null }],
  registrations: [],
  coverage: { stations },
});
const everybody = [live('320198B01'), live('330198B01')];

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A gateway that is not ours: it says whatever the test wants. */
async function gatewaySaying(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const saying = (body: unknown, status = 200): Promise<string> =>
  gatewaySaying((_, response) => {
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });

function federationAt(gatewayUrl: string) {
  const federation = createGatewayFederation({ gatewayUrl, station: self, directory, deadlineMs: 300 });
  ends.push(() => federation.stop());
  return federation;
}

const nobodyHeard = {
  facts: { donations: [], bars: [], registrations: [] },
  coverage: ['320198B01', '330198B01'].map((station) => ({
    station,
    state: 'MISSING',
    fault: 'GATEWAY_UNREACHABLE',
    asOf: null,
  })),
};

describe('a gateway that answers as agreed', () => {
  test('is believed, for each donor in its place', async () => {
    const url = await saying({ data: { donors: [donor(token, everybody)] } });
    expect(await federationAt(url).heldElsewhere(token, others)).toMatchObject({
      facts: { bars: [{ station: '320198B01', since: '2026-01-01' }] },
      coverage: everybody,
    });
  });

  test('but leaves a member out is completed: that member is missing', async () => {
    const url = await saying({ data: { donors: [donor(token, [live('320198B01')])] } });
    const { coverage } = await federationAt(url).heldElsewhere(token, others);
    expect(coverage).toContainEqual({ station: '330198B01', state: 'MISSING', fault: 'STATION_UNKNOWN', asOf: null });
  });

  test('is asked once for all that wait in the same turn', async () => {
    const asked: unknown[] = [];
    const url = await gatewaySaying((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { variables } = JSON.parse(body) as { variables: { tokens: string[] } };
        asked.push(variables);
        response.end(JSON.stringify({ data: { donors: variables.tokens.map((one) => donor(one, everybody)) } }));
      });
    });
    const federation = federationAt(url);
    const answers = await Promise.all([token, otherToken].map((one) => federation.heldElsewhere(one, others)));
    expect(asked).toEqual([{ tokens: [token, otherToken], except: [self] }]);
    expect(answers.map(({ coverage }) => coverage)).toEqual([everybody, everybody]);
  });
});

describe('everybody is missing, by name, behind a gateway that', () => {
  test.each<[string, () => Promise<string>]>([
    ['is not there', () => Promise.resolve(deadUrl)],
    ['fails', () => saying('', 500)],
    ['does not speak JSON', () => saying('<html>')],
    ['answers with errors', () => saying({ data: null, errors: [{ message: 'no' }] })],
    ['answers about another donor', () => saying({ data: { donors: [donor(otherToken, everybody)] } })],
    ['answers about nobody', () => saying({ data: { donors: [] } })],
    ['invents a state', () => saying({ data: { donors: [donor(token, [{ ...live('320198B01'), state: 'FINE' }])] } })],
    ['leaves the bars out', () => saying({ data: { donors: [{ ...donor(token, everybody), bars: undefined }] } })],
    [
      'names a day that does not exist',
      () =>
        saying({
          data: {
            donors: [
              { ...donor(token, everybody), bars: [{ station: '320198B01', since: '2026-02-30', until: null }] },
            ],
          },
        }),
    ],
    ['hangs', () => gatewaySaying(() => undefined)],
    [
      'hangs in the middle',
      () =>
        gatewaySaying((_, response) => {
          response.writeHead(200).write('{"data":');
        }),
    ],
  ])('%s', async (_, start) => {
    expect(await federationAt(await start()).heldElsewhere(token, others)).toEqual(nobodyHeard);
  });
});
