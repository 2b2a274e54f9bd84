/**
 * Prisma's schema engine, as WebAssembly: it writes migrations from the schema and applies them, without a download and in the
 * format of `prisma migrate`. Loading it takes some 50 ms and memory, so that is done only when there is work for it.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { createEngineAdapter } from './engine-adapter.ts';

/** The part of the global that is used here; the compiler's own declaration of it comes only with those of a browser. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

/** Every table and enum of the schema is ours to manage. */
export const noFilters = { externalTables: [], externalEnums: [] };

export interface OpenEngine extends AsyncDisposable {
  readonly engine: SchemaEngine;
}

/** The bindings hold one instance for the whole process, so it is made once, when this module is first needed. */
async function load(): Promise<typeof bindings.SchemaEngine> {
  const require = createRequire(import.meta.url);
  const wasm = await readFile(require.resolve('@prisma/schema-engine-wasm').replace(/\.js$/, '_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': withoutLastingTimers() });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') Reflect.apply(start, undefined, []);
  return bindings.SchemaEngine;
}

/** The engine gives itself ten seconds to get its lock and never takes that timer back: it must not keep the process alive. */
function withoutLastingTimers(): object {
  const setTimer = (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds >>> 0).unref();
  const isSetTimeout = (name: string) => name.startsWith('__wbg_setTimeout_');
  return Object.fromEntries(
    Object.entries(bindings).map(([name, binding]) => [name, isSetTimeout(name) ? setTimer : binding]),
  );
}

const Engine = await load();

/** Opens the engine on a database, over one connection of its own. */
export async function openSchemaEngine(databaseUrl: string): Promise<OpenEngine> {
  const { factory, stop } = createEngineAdapter(databaseUrl);
  const bound = bindMigrationAwareSqlAdapterFactory(factory);
  const engine = await Engine.new({ datamodels: undefined }, () => undefined, bound);
  const close = async () => {
    engine.free();
    await stop();
  };
  return { engine, [Symbol.asyncDispose]: close };
}
