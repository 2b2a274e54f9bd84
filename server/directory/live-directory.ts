/** The directory of a running service: kept in its file, given to others, taken from others. */
import { openDirectory } from './file.ts';
import type { DirectoryFile, DirectoryOptions } from './file.ts';
import type { Route } from '../http/routes.ts';
import { createDirectoryRoutes } from './routes.ts';
import { createSpreading } from './spreading.ts';
import type { SpreadingOptions } from './spreading.ts';

export interface LiveDirectory extends Omit<DirectoryFile, 'stop'> {
  readonly routes: readonly Route[];
  /** Looks at others from now on. */
  start(): void;
  stop(): Promise<void>;
}

export type LiveDirectoryOptions = DirectoryOptions & Omit<SpreadingOptions, 'directory'>;

/** Fails with `DIRECTORY_UNUSABLE` when there is no directory that can be believed. */
export async function openLiveDirectory(path: string, options: LiveDirectoryOptions): Promise<LiveDirectory> {
  const directory = await openDirectory(path, options);
  const spreading = createSpreading({ ...options, directory });
  return {
    ...directory,
    routes: createDirectoryRoutes(directory),
    start: () => {
      spreading.start();
    },
    stop: async () => {
      directory.stop();
      await spreading.stop();
    },
  };
}
