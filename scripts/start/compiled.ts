/** What Node has compiled is kept for the next process: a command is there in half the time, and so are ten stations. */
import { enableCompileCache } from 'node:module';
import path from 'node:path';

/** Goes with the packages it was compiled from. */
export const compiledFolder = path.resolve(import.meta.dirname, '../../node_modules/.cache/donor-lookout/compiled');

/** For this process. What is imported before is not kept, so the rest of a command is imported after it. */
export function keepCompiled(): void {
  enableCompileCache(compiledFolder);
}
