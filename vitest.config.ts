import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { sharing } from './test/support/unit-files.ts';

/** Tests with floods, many browsers or times of the real world: anything beside them would be measured as well. */
const ALONE = [
  'test/e2e/{call,mesh-bench,mesh-view,nat,network-changes,on-a-server,relay,restart,test-page}.test.ts',
  'test/turn/ice/ice.test.ts',
  'test/turn/thread/relay.test.ts',
  'test/turn/uclient.test.ts',
  'test/chaos/{delivery,floods,kill,restarts,slow-readers,soak}.test.ts',
];

/** Tests that take about a minute or more. Begun last, one of them would keep a whole machine waiting. */
const LONG =
  /\/test\/(e2e\/(account-screens|admin-screens|host-screens|hosting|robustness|package)|chaos\/fuzz|build|client\/call|over-the-wire\/endpoints|store\/sqlite\/backup-kills)\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    const place = ({ project, moduleId }: TestSpecification) =>
      2 * projects.indexOf(project) + (LONG.test(moduleId) ? 0 : 1);
    return sorted.sort((a, b) => place(a) - place(b));
  }
}

/** All tests. The runner doesn't transform worker threads: they run from source by the loader. Servers that tests start are built. */
export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: ['--import', './test/support/typescript.mjs'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongFirst },
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
