/**
 * How directories spread: every node looks now and then whether its gateways, or another member by chance, has a newer one. So
 * one that any node has taken reaches all, whoever is down, the gateway included.
 */
import type { Logger } from 'pino';
import { Agent } from 'undici';
import { z } from 'zod';

import { describeError } from '../errors/describe-error.ts';
import type { DirectoryFile } from './file.ts';
import { longestDirectory, versionOf } from './prove.ts';

const CONNECT_MS = 2_000;
const ANSWER_MS = 10_000;

/** The most a list of all changes of the authorities may take. */
const longestRotations = 4 * longestDirectory;

export interface Spreading {
  start(): void;
  /** Ends when the look in progress has. */
  stop(): Promise<void>;
}

export interface SpreadingOptions {
  readonly directory: DirectoryFile;
  /** Who looks: a member or a gateway. It does not ask itself. */
  readonly self: string;
  /** Gateways that are asked besides those of the directory. */
  readonly gateways?: readonly string[];
  readonly log: Logger;
}

const Rotations = z.array(z.string()).max(100);

export function createSpreading({ directory, self, gateways = [], log }: SpreadingOptions): Spreading {
  const agent = new Agent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
    maxResponseSize: longestRotations,
  });
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  const get = async (endpoint: string, path: string, known?: string) => {
    const { origin } = new URL(endpoint);
    const headers = known === undefined ? {} : { 'if-none-match': `"${known}"` };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const { statusCode, body } = await agent.request({ origin, path, method: 'GET', headers, signal });
    const text = await body.text();
    return statusCode === 200 ? text : undefined;
  };
  const isNewer = (text: string): boolean => (versionOf(text) ?? 0) > directory.current().version;

  /** Who was away while the authorities changed believes those of today only by way of those in between. */
  const followRotations = async (endpoint: string): Promise<void> => {
    const text = await get(endpoint, '/directory/rotations');
    const rotations = text === undefined ? [] : Rotations.parse(JSON.parse(text));
    for (const rotation of rotations.filter(isNewer)) await directory.take(rotation, endpoint);
  };
  const look = async (endpoint: string): Promise<void> => {
    try {
      const text = await get(endpoint, '/directory', directory.signed().digest);
      if (text === undefined || (versionOf(text) ?? 0) < directory.current().version) return;
      const { outcome } = await directory.take(text, endpoint);
      if (outcome !== 'UNSIGNED') return;
      await followRotations(endpoint);
      if (isNewer(text)) await directory.take(text, endpoint);
    } catch (error) {
      log.debug({ endpoint, error: describeError(error) }, 'the directory of another node could not be read');
    }
  };
  const lookAround = async (): Promise<void> => {
    const known = directory.current();
    const others = known.members.filter(({ code }) => code !== self);
    const member = others[Math.floor(Math.random() * others.length)];
    const listed = known.gateways.filter(({ code, status }) => code !== self && status === 'ACTIVE');
    const endpoints = [...gateways, ...listed.map(({ endpoint }) => endpoint), member?.endpoint ?? []].flat();
    await Promise.all([...new Set(endpoints.map((endpoint) => new URL(endpoint).origin))].map(look));
  };
  const lookLater = (): void => {
    if (isStopped) return;
    // Not all at the same moment, however they were started.
    const delay = directory.current().policy.directoryMs * (0.75 + Math.random() / 2);
    timer = setTimeout(() => {
      looking = lookAround().finally(lookLater);
    }, delay).unref();
  };

  return {
    start: lookLater,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await Promise.all([looking, agent.destroy()]);
    },
  };
}
