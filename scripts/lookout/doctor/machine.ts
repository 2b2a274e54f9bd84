/** The doctor on this machine: the version of Node, the clock, the disk, and the state folder. */
import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';

import { civilDateOf } from '#schema/calendar.ts';
import { layoutOf } from '#scripts/start/layout.ts';
import type { Layout } from '#scripts/start/layout.ts';
import { isRecentNode, oldestNode } from '#scripts/start/node-version.ts';
import { findRecord } from '#scripts/start/state-folder.ts';

import { well, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

export async function examineMachine(state: string): Promise<Finding[]> {
  const layout = layoutOf(state);
  return [node(), clock(new Date()), await disk(layout.folder), await folder(layout), await tokenKey(layout)];
}

export function node(version = process.versions.node): Finding {
  if (isRecentNode(version)) return well('Node', version);
  return wrong(
    'Node',
    `${version} is older than ${oldestNode.join('.')}`,
    'use npm run lookout, which brings its own Node',
  );
}

/** Earlier than this the project did not exist. */
const firstDay = '2026-11-01';

export function clock(now: Date): Finding {
  const day = civilDateOf(now);
  if (day >= firstDay) return well('Clock', `${now.toISOString()}, which is ${day} in Shanghai`);
  return wrong('Clock', `says ${now.toISOString()}, which cannot be`, 'set the clock: every verdict is about a day');
}

const leastFree = 500 * 2 ** 20;

async function disk(folder: string): Promise<Finding> {
  const found = await statfs(folder).catch(() => statfs(path.dirname(folder)).catch(() => undefined));
  if (found === undefined)
    return wrong('Disk', `${folder} is on no disk that can be read`, 'name another folder with --state');
  const free = found.bavail * found.bsize;
  const text = `${(free / 2 ** 30).toFixed(1)} GiB free`;
  return free >= leastFree
    ? well('Disk', text)
    : wrong('Disk', text, 'make room: the databases need some to write at all');
}

async function folder(layout: Layout): Promise<Finding> {
  try {
    const record = await findRecord(layout);
    if (record === undefined)
      return wrong(
        'State folder',
        `${layout.folder} holds no federation`,
        'make one with npm start, or name another with --state',
      );
    return well('State folder', `${layout.folder}, ${record.stations.length} stations, data: ${record.data}`);
  } catch (error) {
    return wrong(
      'State folder',
      error instanceof Error ? error.message : String(error),
      'start with --fresh to make it anew',
    );
  }
}

async function tokenKey({ tokenKey: file }: Layout): Promise<Finding> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return wrong('Token key', 'there is none', 'npm start makes one');
  const open = (found.mode & 0o077) !== 0 && process.platform !== 'win32';
  return open
    ? wrong('Token key', 'others than its owner can read it', `chmod 600 ${file}`)
    : well('Token key', 'its owner alone can read it');
}
