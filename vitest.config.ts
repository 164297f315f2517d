import { defineConfig } from 'vitest/config';

/** Tests with floods, many browsers or times of the real world: anything beside them would be measured as well. */
const ALONE = [
  'test/e2e/{call,mesh-bench,mesh-view,nat,network-changes,on-a-server,restart}.test.ts',
  'test/turn/ice/ice.test.ts',
  'test/turn/thread/relay.test.ts',
  'test/turn/uclient.test.ts',
  'test/chaos/**/*.test.ts',
];

/** All tests. Worker threads and programs that tests start are not transformed by the runner: they run from source. */
export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: ['--import', './test/support/typescript.mjs'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: ['test/bench/**', ...ALONE],
          maxWorkers: 2,
          // A process of its own for each file took half of the time. Files share only what is in modules.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
