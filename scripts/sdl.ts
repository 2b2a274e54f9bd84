/** `npm run sdl` writes both SDLs into schema/sdl; `npm run sdl -- --check` fails when the committed ones differ. */
import { readFile, writeFile } from 'node:fs/promises';

import { printGatewaySdl } from '#gateway/sdl.ts';
import { printStationSdl } from '#node/graphql/schema.ts';

const check = process.argv.includes('--check');

for (const [name, sdl] of [
  ['station', printStationSdl()],
  ['gateway', await printGatewaySdl()],
] as const) {
  const file = new URL(`../schema/sdl/${name}.graphql`, import.meta.url);
  if (!check) {
    await writeFile(file, sdl);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== sdl) {
    console.error(`schema/sdl/${name}.graphql is not what the code serves: run npm run sdl and look at the difference`);
    process.exitCode = 1;
  }
}
