import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { keepTo } from '../cores.ts';
import { stolenNote, watchStolen } from '../stolen.ts';
import { type DelayTurn, measureDelay } from './delay.ts';
import { CONTENDERS, LOAD_CORE, makeFlood, type Question } from './measure.ts';
import { PATHS } from './paths.ts';
import { type Figure, PAYLOADS, report } from './report.ts';
import { measureSignaling, type SignalingRun } from './signaling.ts';

/** The paths by name, and the two other measurements. */
const PARTS = [...PATHS.map((path) => path.toLowerCase().replaceAll(' ', '-')), 'delay', 'signaling'];
const HELP = `npm run bench:turn -- [flags]: the relay beside coturn, node-turn and a bare forwarder, on this machine

  --runs N      rounds; the tables show medians (default 3)
  --seconds N   of each measurement (default 1.5)
  --only WORDS  some of ${PARTS.join(', ')}
  --json PATH   where the figures go as JSON
  --quick       one round of short ones: whether it works, not how fast

Servers run on core 0, the load (C, compiled by cc) on core 1. Needs coturn and, for
signaling, the right to real-time priority. Takes about 10 minutes; leave the machine
alone meanwhile.
`;

const { values: given } = parseArgs({
  options: {
    runs: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (given.help) {
  process.stdout.write(HELP);
  process.exit();
}
const runs = Number(given.runs ?? (given.quick ? 1 : 3));
const seconds = Number(given.seconds ?? (given.quick ? 0.3 : 1.5));

const parts = given.only?.split(',') ?? PARTS;
for (const part of parts) {
  if (!PARTS.includes(part)) throw new Error(`no part is called ${part}; there are ${PARTS.join(', ')}`);
}
const paths = PATHS.filter((_, index) => parts.includes(PARTS[index] ?? ''));

/** Seconds of the measurements in turns per second of the others. */
const DELAY_TIMES = 2;
const SIGNALING_TIMES = 8;

/** One path on all servers, then the next, so that changes of the machine affect all servers alike. */
const questions: readonly Question[] = [
  ...paths.flatMap((path) =>
    PAYLOADS.flatMap((payload) =>
      // Direct has only one path.
      CONTENDERS.filter((contender) => contender !== 'direct' || path === PATHS[0]).map((contender) => ({
        contender,
        path,
        payload,
      })),
    ),
  ),
];

execFileSync(process.execPath, ['src/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
keepTo(LOAD_CORE);
const figures: Figure[] = [];
const delays: DelayTurn[] = [];
const signaling: SignalingRun[] = [];
const watched = watchStolen();
const flood = makeFlood();
try {
  for (let round = 1; round <= runs; round++) {
    for (const question of questions) {
      console.error(
        `round ${round} of ${runs}: ${question.path}, ${question.payload} B, ${question.contender}`,
      );
      figures.push({ ...question, result: await flood.measure(question, seconds) });
    }
    if (parts.includes('delay')) {
      console.error(`round ${round} of ${runs}: delay, in turns`);
      delays.push(...(await measureDelay(flood, DELAY_TIMES * seconds)));
    }
    if (!parts.includes('signaling')) continue;
    console.error(`round ${round} of ${runs}: signaling while the relay is flooded`);
    signaling.push(...(await measureSignaling(flood, SIGNALING_TIMES * seconds)));
  }
} finally {
  flood.close();
}

const stolen = watched();
const machine = {
  cores: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  kernel: release(),
  node: process.version,
  runs,
  seconds,
  stolen,
};
console.log(
  `${machine.cores} × ${machine.model}, Linux ${machine.kernel}, Node ${machine.node}, medians of ${runs} × ${seconds} s`,
);
console.log(report(figures, delays, signaling));
console.log(stolenNote(stolen));
if (given.json !== undefined) {
  writeFileSync(
    given.json,
    `${JSON.stringify({ machine, figures, delays: delays.map((turn) => Object.fromEntries(turn)), signaling }, null, 2)}\n`,
  );
}
process.exit();
