/** The doctor on the federation that runs: database, gateway, every station, and whether they agree on who is a member. */
import { connect } from 'node:net';

import { request } from 'undici';

import { standingOf } from '#schema/directory.ts';
import type { Directory } from '#schema/directory.ts';
import { findPublished } from '#scripts/lookout/directory/published.ts';
import { findAuthorities } from '#scripts/start/authorities.ts';
import { gatewayCode } from '#scripts/start/directory.ts';
import { findFederation } from '#scripts/start/federation-file.ts';
import type { RunningFederation } from '#scripts/start/federation-file.ts';
import { layoutOf } from '#scripts/start/layout.ts';
import type { Layout } from '#scripts/start/layout.ts';
import { findObstacle } from '#scripts/start/ports.ts';

import { signInAt, usualAskers } from '../sign-in.ts';
import { listStations } from '../stations.ts';
import { unreachable, well, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

const patienceMs = 5_000;

export async function examineFederation(state: string): Promise<Finding[]> {
  const layout = layoutOf(state);
  const directory = await readDirectory(layout);
  const federation = await findFederation(layout).catch(() => undefined);
  if (federation === undefined) {
    const idle = unreachable('Federation', `none is running in ${state}`, 'start one with npm start');
    return [idle, ...(directory instanceof Error ? [] : [await ports(directory)])];
  }
  const { starter, startedAt, gateway } = federation;
  return [
    well('Federation', `runs since ${startedAt}, process ${starter.pid}`),
    await postgres(federation.postgres.port, layout),
    ...(await Promise.all([
      service('Gateway', gateway.url, layout.logOf('gateway')),
      ...federation.stations.map(({ code, url }) => service(code, url, layout.logOf(code))),
    ])),
    await agreement(federation, { state, directory }),
  ];
}

async function postgres(port: number, layout: Layout): Promise<Finding> {
  const socket = connect({ host: '127.0.0.1', port, timeout: patienceMs });
  const answered = await new Promise<boolean>((resolve) => {
    for (const event of ['connect', 'error', 'timeout']) {
      socket.once(event, () => {
        resolve(event === 'connect');
      });
    }
  });
  socket.destroy();
  if (answered) return well('PostgreSQL', `takes connections on port ${port}`);
  return unreachable(
    'PostgreSQL',
    `does not answer on port ${port}`,
    `look into ${layout.logOf('postgres')}; npm start again brings it back`,
  );
}

/** A service is well when it is ready, and its clock is ours. */
async function service(name: string, url: string, log: string): Promise<Finding> {
  try {
    const answer = await request(new URL('/readyz?verbose', url), {
      headersTimeout: patienceMs,
      bodyTimeout: patienceMs,
    });
    const lines = (await answer.body.text()).trim().split('\n');
    const failed = lines.filter((line) => line.startsWith('[-]')).map((line) => line.slice(4));
    if (answer.statusCode !== 200)
      return wrong(name, `not ready: ${failed.join('; ') || 'it does not say why'}`, `look into ${log}`);
    const { date } = answer.headers;
    const skew = typeof date === 'string' ? Math.abs(Date.parse(date) - Date.now()) : 0;
    if (skew > 5_000)
      return wrong(name, `its clock differs by ${Math.round(skew / 1000)} s`, 'set the clocks by a time server');
    return well(name, `ready at ${url}`);
  } catch {
    return unreachable(
      name,
      `does not answer at ${url}`,
      `look into ${log}; the starter brings it back when it has ended`,
    );
  }
}

async function readDirectory(layout: Layout): Promise<Directory | Error> {
  try {
    const authorities = await findAuthorities(layout);
    const published = authorities === undefined ? undefined : await findPublished(layout, authorities);
    return published?.directory ?? new Error(`${layout.directory} is missing or not signed by the authorities`);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The gateway must know exactly the members of the file, at the same addresses. */
async function agreement(
  federation: RunningFederation,
  { state, directory }: { readonly state: string; readonly directory: Directory | Error },
): Promise<Finding> {
  const { gateway } = federation;
  if (directory instanceof Error)
    return wrong('Directory', directory.message, 'stop the federation and start it again');
  const service = { code: gatewayCode, url: gateway.url };
  const told = await signInAt(federation, state)(service, usualAskers.operator)
    .then((signedIn) => listStations(gateway.url, signedIn))
    .catch(() => undefined);
  if (told === undefined)
    return unreachable('Directory', 'the gateway does not say whom it knows', 'see Gateway above');
  const wordOf = ({ code, status, endpoint }: { code: string; status: string; endpoint: string }) =>
    `${code} ${status} ${new URL(endpoint).origin}`;
  const inFile = new Map(directory.members.map((member) => [member.code, wordOf(member)]));
  const atGateway = new Map(told.map((member) => [member.code, wordOf(member)]));
  const codes = new Set([...inFile.keys(), ...atGateway.keys()]);
  const apart = [...codes].filter((code) => inFile.get(code) !== atGateway.get(code));
  if (standingOf(directory, Date.now()) !== 'FRESH')
    return wrong('Directory', `version ${directory.version} has expired`, 'lookout directory renew, sign, publish');
  if (apart.length === 0)
    return well('Directory', `version ${directory.version}, ${told.length} members, and the gateway agrees`);
  return wrong(
    'Directory',
    `the file and the gateway differ about ${apart.join(', ')}`,
    'the gateway takes a new file within seconds; if it does not, its log says why',
  );
}

/** Nothing runs: are the ports it would take free? */
async function ports({ members }: Directory): Promise<Finding> {
  const wanted = members.map(({ endpoint }) => Number(new URL(endpoint).port));
  const all = [Math.min(...wanted) - 1, ...wanted];
  const taken = await Promise.all(all.map(async (port) => ((await findObstacle(port)) === undefined ? [] : [port])));
  if (taken.flat().length === 0) return well('Ports', `${all.length} from ${all[0] ?? 0} on are free`);
  return wrong(
    'Ports',
    `in use by something else: ${taken.flat().join(', ')}`,
    'stop what uses them, or start with another --port',
  );
}
