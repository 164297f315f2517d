import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { messageOf } from '../../src/domain/errors.ts';
import { keepTo } from './cores.ts';
import { measures } from './measures/index.ts';
import { type BenchOptions, HELP, parseBenchOptions } from './options.ts';
import { CLIENT_CORE } from './process.ts';
import { stolenNote, watchStolen } from './stolen.ts';
import { markdown } from './table.ts';
import { writeTable } from './write.ts';

/** `npm run bench`: see options.ts. */
async function bench({ only, subjects, runs, quick, json, write }: BenchOptions): Promise<void> {
  const root = resolve(import.meta.dirname, '../..');
  execFileSync(process.execPath, ['src/build.mjs'], { cwd: root, stdio: 'inherit' });
  const machine = describeMachine();
  console.log(`${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}`);
  if (machine.cores < 2)
    console.error('One core only: server and client share it, and the figures are of no worth.');
  else keepTo(CLIENT_CORE);
  const figures: Record<string, unknown> = {};
  for (const name of only) {
    const tell = (text: string): void => console.error(text);
    const watched = watchStolen();
    const outcome = await measures[name]({ subjects, runs, quick, tell });
    const stolen = watched();
    figures[name] = { ...outcome.figures, stolen };
    console.log(markdown({ ...outcome, notes: [...outcome.notes, stolenNote(stolen)] }));
    if (write) writeTable(name, outcome);
    // After each measure, so that an interrupted bench keeps its results.
    if (json !== undefined) {
      const all = { at: new Date().toISOString(), machine, runs, quick, settings: SETTINGS, ...figures };
      writeFileSync(json, `${JSON.stringify(all, null, 2)}\n`);
    }
  }
  if (quick) console.log('A quick run shows that it works; its figures say nothing.');
}

/** Settings that differ from Parley's defaults. */
const SETTINGS = {
  MESSAGES_PER_SECOND: 1_000_000,
  MESSAGE_BURST: 1_000_000,
  SIGN_INS_PER_MINUTE: 1_000_000,
  TURN: 'off',
  JWT_SECRET: 'set',
};

function describeMachine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
  };
}

try {
  // Each running server and client has an `exit` handler that ends it.
  process.setMaxListeners(64);
  const options = parseBenchOptions(process.argv.slice(2));
  if (options === 'help') console.log(HELP);
  else await bench(options);
} catch (thrown) {
  console.error(messageOf(thrown));
  process.exitCode = 1;
}
