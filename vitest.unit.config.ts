import { defineConfig } from 'vitest/config';
import { loadUws } from './src/uws/load.ts';
import { changing, serving, sharing } from './test/support/unit-files.ts';

function hasUws(): boolean {
  try {
    loadUws();
    return true;
  } catch (error) {
    console.log(`${error instanceof Error ? error.message : error}\nNot run for this reason:`);
    for (const file of serving) console.log(`  ${file}`);
    return false;
  }
}

/** A million packets each, and bounds of memory: they take half of the time, and tell nothing about a version of Node. */
const FUZZ = 'test/turn/core/fuzz.test.ts';

/** `.ci/versions` runs these under other versions of Node. */
export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: ['--import', './test/support/typescript.mjs'],
    testTimeout: 90_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: sharing.filter((file) => file !== FUZZ), isolate: false },
      },
      { extends: true, test: { name: 'apart', include: [...changing, ...(hasUws() ? serving : [])] } },
    ],
  },
});
