import { configDefaults, defineConfig } from 'vitest/config';
import { closingLineReporter } from './tests/support/closing-line-reporter.ts';

const services = 'tests/**/*.service.test.ts';
const browser = 'tests/browser/**/*.test.ts';

/** What uses no database, or always the embedded one, says nothing new on a named one. */
const saysNothingNew = process.env.TEST_DATABASE_URL
  ? [
      'tests/{unit,schema,guides}/**',
      'tests/api/{any-port,cli,cli-*,database-schema-drift,mail-*,no-mail-server}.test.ts',
      'tests/faults/{directory-lock,drain,durability,mail-smtp,second-start,start,start-refused,stop}.test.ts',
      'tests/realtime/{server-killed,server-restart,*-guide}.test.ts',
      'tests/security/{rate-limit-clients,unruled-fields,upload-*}.test.ts',
    ]
  : [];

export default defineConfig({
  // One copy of graphql: without this Vite may load its CommonJS and its ES build side by side.
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', closingLineReporter()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Loads the sources once a worker instead of once a file; each file has an instance of its own.
    isolate: false,
    setupFiles: ['tests/support/begin-file.ts'],
    coverage: { include: ['src/**'], exclude: ['src/generated/**'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'standalone',
          include: ['tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, services, browser, ...saysNothingNew],
        },
      },
      // Needs the PostgreSQL server at TEST_DATABASE_URL and the Redis server at TEST_REDIS_URL.
      {
        extends: true,
        test: {
          name: 'services',
          include: [services],
          globalSetup: ['tests/support/named-services.ts'],
        },
      },
      // Needs Chromium.
      { extends: true, test: { name: 'browser', include: [browser] } },
    ],
  },
});
