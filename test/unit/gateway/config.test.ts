import { describe, expect, test } from 'vitest';

import { parseGatewayConfig } from '#gateway/config.ts';
import { ConfigProblems } from '#server/environment.ts';
import { gatewayEnvironment } from '#test/support/directory.ts';

describe('the configuration of the gateway', () => {
  test('needs nothing but the directory, who signs it and a key to sign with', () => {
    const key = gatewayEnvironment;
    expect(
      parseGatewayConfig({ ...key, LOOKOUT_DIRECTORY: 'directory.json', LOOKOUT_AUTHORITIES: 'authorities.json' }),
    ).toMatchObject({
      LOOKOUT_HOST: '127.0.0.1',
      LOOKOUT_PORT: 4000,
      LOOKOUT_DIRECTORY: 'directory.json',
      LOOKOUT_AUTHORITIES: 'authorities.json',
      LOOKOUT_STATION_DEADLINE_MS: 1500,
      LOG_LEVEL: 'info',
      NODE_ENV: 'production',
    });
  });

  test('names every problem at once and no value', () => {
    const broken = { LOOKOUT_PORT: '70000', LOOKOUT_STATION_DEADLINE_MS: 'soon', NODE_ENV: 'secret-value' };
    const problems = () => parseGatewayConfig(broken);
    expect(problems).toThrow(ConfigProblems);
    expect(problems).toThrow(/LOOKOUT_PORT[\s\S]*LOOKOUT_DIRECTORY[\s\S]*LOOKOUT_STATION_DEADLINE_MS[\s\S]*NODE_ENV/);
    expect(problems).not.toThrow(/secret-value|70000|soon/);
  });
});
