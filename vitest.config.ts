import { defineConfig } from 'vitest/config';

export default defineConfig({
  // One copy of graphql: without this Vite may load its CommonJS and its ES build side by side.
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    coverage: { include: ['src/**'], exclude: ['src/generated/**'] },
  },
});
