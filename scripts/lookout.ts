#!/usr/bin/env node
/** The `lookout` command. */
import { keepCompiled } from './start/compiled.ts';
import { refuseOldNode } from './start/node-version.ts';

refuseOldNode();
keepCompiled();
await import('./lookout/main.ts');
