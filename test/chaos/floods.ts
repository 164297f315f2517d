import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../src/load/random.ts';
import { now, type Outcome, type Run, within } from './chaos.ts';
import { Crowd } from './crowd.ts';
import type { FloodFigures } from './flooder.ts';
import type { Health } from './probe.ts';
import { ServerProcess } from './server-process.ts';

const ROOMS = 10;
const PER_ROOM = 4;
const MESSAGES_PER_SECOND = 20;
/** Seconds of flood; a session is closed after 10 s over its limit. */
const FLOOD_SECONDS = 15;
const FLOODER_MS = 120_000;
const SETTLE_MS = 60_000;
const RESUME_WINDOW_MS = 15_000;
/** Milliseconds until the server has forgotten the last sessions: their resume windows, and a sweep. */
const CALM_MS = RESUME_WINDOW_MS + 3_000;
/** Max ratio of the memory after a flood to that before. */
const BOUND = 1.1;

const LIMITS = {
  MESSAGES_PER_SECOND: String(MESSAGES_PER_SECOND),
  MESSAGE_BURST: '100',
  RESUME_WINDOW_MS: String(RESUME_WINDOW_MS),
};

/**
 * Sessions at a hundred times their limit, ten thousand half-open connections, slow requests, and huge frames, all at
 * once: well-behaved sessions lose nothing, and memory is freed afterwards.
 */
export async function floods(run: Run): Promise<Outcome> {
  const random = seededRandom(run.seed);
  const server = await ServerProcess.start(LIMITS);
  let crowd: Crowd | undefined;
  let isOver = false;
  try {
    crowd = await Crowd.gather({ ...server.addresses, rooms: ROOMS, perRoom: PER_ROOM, random });
    const talk = crowd.talk({ enough: () => isOver, most: 2, pauseMs: 1_000, random });
    const before = await server.health();
    const until = now() + run.minutes * 60_000;
    const rounds: FloodFigures[] = [];
    do {
      rounds.push(await flood(server));
      run.tell(`flooded ${rounds.length} times, ${crowd.ledger.sent} sent, ${crowd.ledger.arrived} arrived`);
    } while (now() < until);
    await pause(CALM_MS);
    const after = await server.health();
    isOver = true;
    await within(SETTLE_MS, 'the last answers', talk);
    await crowd.ledger.settled(SETTLE_MS);
    return outcome(crowd, server, rounds, before, after);
  } finally {
    isOver = true;
    crowd?.close();
    await server.close();
  }
}

async function flood({ port }: ServerProcess): Promise<FloodFigures> {
  const root = resolve(import.meta.dirname, '../..');
  const child = fork(
    join(root, 'test/chaos/flooder.ts'),
    [port, MESSAGES_PER_SECOND, FLOOD_SECONDS].map(String),
    { cwd: root, execArgv: ['--import', './test/support/typescript.mjs'], env: {} },
  );
  try {
    const [figures]: FloodFigures[] = await within(FLOODER_MS, 'the flood', once(child, 'message'));
    if (figures === undefined) throw new Error('the flooder said nothing');
    return figures;
  } finally {
    child.kill('SIGKILL');
  }
}

function outcome(
  { members, ledger, problems }: Crowd,
  { complaints }: ServerProcess,
  rounds: readonly FloodFigures[],
  before: Health,
  after: Health,
): Outcome {
  const ratio = after.rss / before.rss;
  const put = rounds
    .flatMap(({ floodCloses }) => Object.values(floodCloses))
    .reduce((sum, count) => sum + count, 0);
  const left = rounds.reduce((sum, round) => sum + round.left, 0);
  return {
    figures: {
      messages: ledger.sent,
      flooded: rounds.reduce((sum, { flooded }) => sum + flooded, 0),
      'flooders put out': put,
      'their closes': JSON.stringify(rounds.map(({ floodCloses }) => floodCloses)),
      'well-behaved sessions that were cut, and resumed': members.reduce(
        (sum, { resumed }) => sum + resumed,
        0,
      ),
      'closes for huge frames': JSON.stringify(rounds.map(({ hugeCloses }) => hugeCloses)),
      'half-open': rounds.reduce((sum, { halfOpened }) => sum + halfOpened, 0),
      'MiB before': mib(before.rss),
      'MiB after': mib(after.rss),
      ratio: ratio.toFixed(3),
      'descriptors before': before.descriptors,
      'descriptors after': after.descriptors,
    },
    violations: [
      ...ledger.violations(),
      ...problems,
      ...complaints,
      ...members.filter(({ renewed }) => renewed > 0).map(({ name }) => `${name} was not resumed`),
      ...(left > 0 ? [`${left} half-open connections were left open`] : []),
      ...(put === 0 ? ['no flooding session was closed'] : []),
      ...(ratio > BOUND ? [`memory went from ${mib(before.rss)} to ${mib(after.rss)} MiB`] : []),
      ...(after.descriptors > before.descriptors
        ? [`${after.descriptors - before.descriptors} descriptors leaked`]
        : []),
    ],
  };
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
