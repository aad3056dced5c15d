import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'src/main.ts',
    'src/cli.ts',
    'src/workers/main.ts',
    'scripts/*.{ts,cjs}',
    'bench/*.ts',
    // Found by their folder, started as processes of their own.
    'bench/compare/systems/*.ts',
    'bench/compare/*-process.ts',
    'bench/peers/floor/server.ts',
    // Programs that tests start as processes of their own.
    'tests/support/{*-process,*-holder,*-writer}.ts',
  ],
  // The other peers of the comparison are packages of their own, with dependencies of their own.
  project: ['**/*.{ts,cjs,prisma}', '!**/generated/**', '!bench/peers/!(floor)/**'],
  // A type that an exported signature names is exported with it.
  ignoreExportsUsedInFile: { interface: true, type: true },
  ignoreDependencies: [
    // Named as a log transport.
    'pino-pretty',
    // Imported by tests/generated.
    '@graphql-typed-document-node/core',
    // The generator's binary, which @pothos/plugin-prisma brings.
    'prisma-pothos-types',
  ],
};

export default config;
