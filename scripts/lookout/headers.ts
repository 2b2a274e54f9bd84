/** `lookout headers`: signs in and prints the headers that say so, for GraphiQL and for other programs. */
import { gatewayCode } from '#scripts/start/directory.ts';

import { exitCodes } from './problem.ts';
import type { ExitCode } from './problem.ts';
import { askerOf, signInAt, usualAskers } from './sign-in.ts';
import type { AskerOptions } from './sign-in.ts';
import { createAskingVerb, getFederation, getStation } from './verb.ts';

export const headersVerb = createAskingVerb({
  name: 'headers',
  usual: { role: 'DESK, at the gateway OPERATOR', purpose: 'DONATION, at the gateway OPERATION' },
  zh: '登录并打印请求头（用于 GraphiQL）。',
  en: 'Sign in and print the headers of a request, for the headers editor of GraphiQL.',
  examples: [
    ['headers --station 310198B01 --as DESK --purpose DONATION', 'for questions to a station; a token holds an hour'],
    ['headers --as OPERATOR --purpose OPERATION', 'for questions to the gateway'],
  ],
}).option('--station <code>', 'the station that is to be asked (default: the gateway)');

interface Options extends AskerOptions {
  readonly state: string;
  readonly station?: string;
}

export async function headers({ state, station, ...options }: Options): Promise<ExitCode> {
  const federation = await getFederation(state);
  const service =
    station === undefined ? { code: gatewayCode, url: federation.gateway.url } : getStation(federation, station);
  const usual = service.code === gatewayCode ? usualAskers.operator : usualAskers.desk;
  console.log(JSON.stringify(await signInAt(federation, state)(service, askerOf(options, usual)), null, 2));
  return exitCodes.done;
}
