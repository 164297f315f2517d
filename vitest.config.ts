import { defineConfig } from 'vitest/config';
import { sharing } from './test/support/unit-files.ts';

/** Tests with floods, many browsers or times of the real world: anything beside them would be measured as well. */
const ALONE = [
  'test/e2e/{call,mesh-bench,mesh-view,nat,network-changes,on-a-server,relay,restart,test-page}.test.ts',
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
          exclude: ['test/bench/**', ...ALONE, ...sharing],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'shared',
          include: [...sharing],
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
