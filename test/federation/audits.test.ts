import { pino } from 'pino';
import { expect, test } from 'vitest';

import { createGateway } from '#gateway/app.ts';
import { parseGatewayConfig } from '#gateway/config.ts';
import { unmetAudits } from '#test/support/audits.ts';
import { gatewayEnvironment } from '#test/support/directory.ts';
import { headersFor, issuerEnvironment } from '#test/support/sign-in.ts';
import { createDirectoryFile, memberOf, startStation } from '#test/support/station.ts';

test('a station meets every audit of GraphQL over HTTP in production', async () => {
  await using directory = await createDirectoryFile([memberOf('310198B01')]);
  await using station = await startStation({ code: '310198B01', directoryFile: directory.file });
  expect(await unmetAudits(new URL('graphql', station.url), await headersFor('310198B01', '{ __typename }'))).toEqual(
    [],
  );
});

test('the gateway meets every audit of GraphQL over HTTP in production', async () => {
  await using directory = await createDirectoryFile([memberOf('310198B01')]);
  const config = parseGatewayConfig({
    ...directory.environment,
    ...gatewayEnvironment,
    ...(await issuerEnvironment()),
    LOOKOUT_PORT: '0',
  });
  const gateway = await createGateway(config, pino({ level: 'silent' }));
  const url = await gateway.start();
  expect(await unmetAudits(new URL('graphql', url), await headersFor('G01', '{ __typename }'))).toEqual([]);
  await gateway.stop();
});
