import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Prisma } from '../../generated/prisma/client.ts';

/** The part of the JavaScript API that is used here; the types of Node leave it out. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

const engineFile = '@prisma/schema-engine-wasm/schema_engine_bg';

let loading: Promise<void> | undefined;

/** Loads the engine behind its bindings, once for the process; throws when it goes with another Prisma. */
export function loadSchemaEngine(): Promise<void> {
  loading ??= loadEngine();
  return loading;
}

async function loadEngine(): Promise<void> {
  const script = createRequire(import.meta.url).resolve(engineFile);
  const bytes = await readFile(script.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': withIdleTimers(bindings),
  });
  bindings.__wbg_set_wasm(instance.exports);
  const { __wbindgen_start: start } = instance.exports;
  // Without this call, arguments reach the engine scrambled.
  if (typeof start === 'function') start();
  assertEngineVersion(bindings.version());
}

/** Keeps the engine's time limits, which it never clears, from keeping the process alive. */
function withIdleTimers(imports: object): object {
  const entries = Object.entries(imports).map(([name, value]) =>
    name.startsWith('__wbg_setTimeout_')
      ? [name, (callback: () => void, delayMs: number) => setTimeout(callback, delayMs).unref()]
      : [name, value],
  );
  return Object.fromEntries(entries);
}

/** Throws unless an engine is the one that the installed Prisma was released with. */
export function assertEngineVersion(engine: string): void {
  const { client: prisma, engine: expected } = Prisma.prismaVersion;
  if (engine === expected) return;
  throw new Error(
    `@prisma/schema-engine-wasm holds engine ${engine}, but Prisma ${prisma} goes with engine ` +
      `${expected}. Install versions that belong together.`,
  );
}
