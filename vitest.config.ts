import { defineConfig } from 'vitest/config';

/** All tests. Worker threads and programs that tests start are not transformed by the runner: they run from source. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**', 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--import', './test/support/typescript.mjs'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
