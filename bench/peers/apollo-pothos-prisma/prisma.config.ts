import { defineConfig } from 'prisma/config';

// `generate` looks for a native schema engine that it never runs; naming any
// existing file keeps it from downloading one, so that generating works offline.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

// biome-ignore lint/style/noDefaultExport: Prisma demands one.
export default defineConfig({ schema: 'schema.prisma' });
