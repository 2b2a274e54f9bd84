/** Stations behind names and certificates that are wrong (E6): nothing is sent to whoever is there, and health says why. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { authority, expired, good, key, ofAnother } from '#test/support/certificates.ts';

import { startGateway } from './gateway.ts';
import { memberAt } from './stand-in.ts';

const usual = getCACertificates('default');
beforeAll(() => {
  setDefaultCACertificates([...usual, authority]);
});
afterAll(() => {
  setDefaultCACertificates(usual);
});

/** Somebody who says of everything that it is well, under a certificate. */
async function startBehind(cert: string) {
  let requests = 0;
  const server = createServer({ key, cert }, (_, response) => {
    requests += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const faultOf = { code: 'STATION_UNREACHABLE', retryable: true };

test('a name that is not there, a certificate that is over or of somebody else: refused, and named', async () => {
  using trusted = await startBehind(good);
  using over = await startBehind(expired);
  using another = await startBehind(ofAnother);
  await using gateway = await startGateway([
    memberAt('310198B01', trusted.url),
    memberAt('320198B01', over.url),
    memberAt('330198B01', another.url),
    memberAt('340198B01', 'https://station.invalid'),
  ]);

  await expect
    .poll(async () => (await gateway.get('/readyz?verbose')).text, { timeout: 10_000 })
    .toMatch(
      /station 310198B01 ok\n.*320198B01 .*CERT_HAS_EXPIRED\n.*330198B01 .*ERR_TLS_CERT_ALTNAME_INVALID\n.*340198B01 .*(?:ENOTFOUND|EAI_AGAIN)/,
    );
  for (const code of ['320198B01', '330198B01', '340198B01']) {
    const { errors } = await gateway.ask(`{ station(code: "${code}") { ready } }`);
    expect(errors?.[0]?.extensions).toMatchObject({ ...faultOf, station: code });
  }
  expect(trusted.requests()).toBeGreaterThan(0);
  expect([over.requests(), another.requests()]).toEqual([0, 0]);
});
