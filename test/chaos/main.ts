import { parseArgs } from 'node:util';
import type { Outcome, Scenario } from './chaos.ts';
import { deliveryThroughCuts, deliveryThroughRestarts } from './delivery.ts';
import { floods } from './floods.ts';
import { fuzzing } from './fuzz.ts';
import { comingBackAfterKill } from './kill.ts';
import { slowReaders } from './slow-readers.ts';
import { soak } from './soak.ts';

const HELP = `Puts a real server under stress for as long as you like, and ends with 1 if it broke a promise.

  npm run chaos -- [--minutes N] [--seed S] [--only NAME]

  --minutes   in all, shared among the scenarios; each takes what its least numbers take at least (10)
  --seed      the seed of an earlier run, printed at its start
  --only      one of: delivery restarts kill slow-readers floods fuzz soak
`;

/** The scenarios, and their shares of the time. */
const SCENARIOS: readonly { readonly name: string; readonly scenario: Scenario; readonly share: number }[] = [
  { name: 'delivery', scenario: deliveryThroughCuts, share: 0.2 },
  { name: 'restarts', scenario: deliveryThroughRestarts, share: 0.2 },
  { name: 'kill', scenario: comingBackAfterKill, share: 0.05 },
  { name: 'slow-readers', scenario: slowReaders, share: 0.15 },
  { name: 'floods', scenario: floods, share: 0.1 },
  { name: 'fuzz', scenario: fuzzing, share: 0.1 },
  { name: 'soak', scenario: soak, share: 0.2 },
];

process.exit(await main());

/** @returns the exit code */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
      only: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { minutes, seed, only, help } = values;
  const chosen = SCENARIOS.filter(({ name }) => only === undefined || name === only);
  if (help || chosen.length === 0 || !(Number(minutes) >= 0) || !Number.isSafeInteger(Number(seed))) {
    console.log(HELP.trimEnd());
    return help ? 0 : 2;
  }
  console.log(`seed ${seed}: --seed ${seed} replays this run`);
  const total = chosen.reduce((sum, { share }) => sum + share, 0);
  let violations = 0;
  for (const { name, scenario, share } of chosen) {
    violations += await runOne(name, scenario, Number(seed), (Number(minutes) * share) / total);
  }
  console.log(violations === 0 ? 'all promises kept' : `${violations} violations, seed ${seed}`);
  return violations === 0 ? 0 : 1;
}

/** @returns the number of violations */
async function runOne(name: string, scenario: Scenario, seed: number, minutes: number): Promise<number> {
  const tell = (line: string): void => {
    const text = `${new Date().toISOString().slice(11, 19)} ${name}: ${line}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
    else console.error(text);
  };
  tell('begins');
  const { figures, violations } = await ending(scenario({ seed, minutes, strict: true, tell }));
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const list = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  console.log(`${violations.length === 0 ? 'kept  ' : 'BROKEN'} ${name}: ${list.join(', ')}`);
  for (const violation of violations) console.log(`  ${violation}`);
  return violations.length;
}

/** A scenario that throws counts as a violation. */
async function ending(outcome: Promise<Outcome>): Promise<Outcome> {
  try {
    return await outcome;
  } catch (thrown) {
    return { figures: {}, violations: [thrown instanceof Error ? `${thrown.stack}` : String(thrown)] };
  }
}
