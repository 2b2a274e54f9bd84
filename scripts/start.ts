/** `npm start`. */
import { keepCompiled } from './start/compiled.ts';
import { refuseOldNode } from './start/node-version.ts';

refuseOldNode();
keepCompiled();
await import('./start/main.ts');
