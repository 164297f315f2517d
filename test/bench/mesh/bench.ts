import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../../../src/domain/errors.ts';
import { stolenNote, watchStolen } from '../stolen.ts';
import { markdown } from '../table.ts';
import { writeTable } from '../write.ts';
import { playCall } from './call.ts';
import { type CallFigures, figuresOf } from './figures.ts';
import { HELP, type Limit, type MeshOptions, nameOf, parseMeshOptions } from './options.ts';
import { plot } from './plot.ts';
import { type Commit, type Kind, report } from './report.ts';
import { openStage, type Stage } from './stage.ts';
import { targetsOf } from './targets.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Number of people from which nobody has a microphone: two cores can't bear the sound of 56 connections besides. */
const NO_MICROPHONES_FROM = 8;

/** `npm run bench:mesh`: see options.ts. */
async function bench(options: MeshOptions): Promise<void> {
  const checkouts: readonly (readonly [Commit, string])[] = [
    ...(options.before === undefined ? [] : [['before', options.before] as const]),
    ['now', ROOT],
  ];
  const watched = watchStolen();
  const stage = await openStage(
    checkouts.map(([, folder]) => folder),
    Math.max(...options.sizes),
  );
  const release = closeOnSignal(stage);
  try {
    const kinds = (await playAll(options, checkouts, stage)).sort((one, other) => one.people - other.people);
    const outcome = report(kinds, options);
    const notes = [...outcome.notes, stolenNote(watched())];
    console.log(markdown({ ...outcome, notes }));
    for (const line of targetsOf(kinds)) console.log(line);
    if (options.json !== undefined)
      writeFileSync(
        options.json,
        `${JSON.stringify({ at: new Date().toISOString(), ...outcome.figures }, null, 2)}\n`,
      );
    if (!options.write) return;
    writeTable('mesh', { ...outcome, notes });
    writeFileSync(join(import.meta.dirname, '../mesh.svg'), plot(kinds));
  } finally {
    await stage.close();
    release();
  }
}

/** Plays each kind of call by each commit in turn, so that changes on the machine affect both. */
async function playAll(
  options: MeshOptions,
  checkouts: readonly (readonly [Commit, string])[],
  stage: Stage,
): Promise<Kind[]> {
  const { sizes, limits, limited, runs, window, settle, seconds } = options;
  const kinds: Kind[] = [];
  for (const people of sizes) {
    for (const limit of limits.filter((one) => one === undefined || people <= limited)) {
      const played: Record<Commit, CallFigures[]> = { before: [], now: [] };
      const seats = await stage.seats(people, limit);
      for (let run = 1; run <= runs; run += 1) {
        for (const [index, [commit]] of checkouts.entries()) {
          const readings = await playCall({
            url: stage.urls[index] ?? '',
            seats,
            window,
            microphones: people < NO_MICROPHONES_FROM,
            settle,
            seconds,
          });
          const figures = figuresOf(readings);
          played[commit].push(figures);
          tell(people, limit, `run ${run} of ${runs}, ${commit}`, figures);
        }
      }
      kinds.push({ people, limit, runs: played });
    }
  }
  return kinds;
}

function tell(people: number, limit: Limit, which: string, figures: CallFigures): void {
  const { uplinkKbps, cpu, decoded, shown, fps, freeze, concealed } = figures;
  const parts = [
    `${uplinkKbps.toFixed(0)} kbit/s`,
    `${cpu.toFixed(1)} CPU s/min`,
    `${decoded} of ${shown} px`,
    `${fps.toFixed(1)} fps`,
    `longest freeze ${freeze.toFixed(1)} s`,
    `${(concealed * 100).toFixed(1)} % concealed`,
  ];
  console.error(`${people} people, limit ${nameOf(limit)}, ${which}: ${parts.join(', ')}`);
}

/** Removes browsers, servers and networks if the bench is interrupted. @returns a function that no longer does */
function closeOnSignal(stage: Stage): () => void {
  const close = () => {
    void stage.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', close);
  process.once('SIGTERM', close);
  return () => {
    process.off('SIGINT', close);
    process.off('SIGTERM', close);
  };
}

try {
  const options = parseMeshOptions(process.argv.slice(2));
  if (options === 'help') console.log(HELP);
  else await bench(options);
} catch (thrown) {
  console.error(messageOf(thrown));
  process.exitCode = 1;
}
