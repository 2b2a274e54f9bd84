/** `npm run simulate`: a simulated region, without and with the federation; and data in the form of the import, at any size. */
import { refuseOldNode } from './start/node-version.ts';

refuseOldNode();
await import('./simulate/main.ts');
