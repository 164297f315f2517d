import { setTimeout as pause } from 'node:timers/promises';
import { mintToken } from '../../src/load/credentials.ts';
import { pick, type Random, seededRandom } from '../../src/load/random.ts';
import { createServerApi } from '../../src/load/server-api.ts';
import { SECRET } from '../support/server/accounts.ts';
import { now, type Outcome, type Run } from './chaos.ts';
import type { Health } from './probe.ts';
import { ServerProcess } from './server-process.ts';
import { Visitor } from './visitor.ts';

const ROOMS = 20;
const VISITORS = 80;
/** Minutes of the short form, and of visits beforehand that bring the server to its working size. */
const LEAST_MINUTES = 0.5;
const WARM_UP_MINUTES = 0.15;
/** Milliseconds between two memory measurements. */
const LOOK_MS = 1_000;
/** Milliseconds until the last sessions are forgotten: longer than their resume window. */
const CALM_MS = 4_000;
/** Max share by which resident memory grows in the last half of a long run, and of a run of half a minute. */
const GROWTH = { long: 0.05, short: 0.1 } as const;

/** Many joins, calls and leaves: resident memory stays flat in the last half, and nothing is left open. */
export async function soak(run: Run): Promise<Outcome> {
  const random = seededRandom(run.seed);
  const server = await ServerProcess.start({ RESUME_WINDOW_MS: '1000' });
  try {
    const roomIds = await createRooms(server);
    const scene = { server, random, roomIds, run };
    await visit(scene, WARM_UP_MINUTES);
    const before = await server.health();
    const visited = await visit(scene, Math.max(run.minutes, LEAST_MINUTES));
    const allowed = (run.strict ? GROWTH.long : GROWTH.short) * before.rss;
    return outcome(visited, server, allowed, before, await server.health());
  } finally {
    await server.close();
  }
}

interface Scene {
  readonly server: ServerProcess;
  readonly random: Random;
  readonly roomIds: readonly string[];
  readonly run: Run;
}

interface Visited {
  readonly visitors: readonly Visitor[];
  readonly problems: readonly string[];
  readonly looks: readonly Look[];
}

interface Look {
  /** Minutes since the first measurement. */
  readonly at: number;
  /** Resident bytes after a garbage collection. */
  readonly rss: number;
}

/** Lets visitors come and go for some minutes, and resolves when all are gone and forgotten. */
async function visit({ server, random, roomIds, run }: Scene, minutes: number): Promise<Visited> {
  const problems: string[] = [];
  const looks: Look[] = [];
  const began = now();
  const elapsed = (): number => (now() - began) / 60_000;
  const visitors = Array.from({ length: VISITORS }, (_, index) => {
    const problem = (text: string) => void problems.push(text);
    return new Visitor({ name: `visitor-${index}`, wsUrl: server.addresses.wsUrl, random, problem });
  });
  const visiting = visitors.map((visitor) =>
    visitor.comeAndGo(
      () => pick(random, roomIds) ?? '',
      () => elapsed() > minutes,
    ),
  );
  while (elapsed() < minutes) {
    await pause(LOOK_MS);
    const { rss } = await server.health();
    looks.push({ at: elapsed(), rss });
    if (looks.length % 5 === 0) run.tell(`${elapsed().toFixed(1)} min, ${mib(rss)} MiB`);
  }
  await Promise.all(visiting);
  await pause(CALM_MS);
  return { visitors, problems, looks };
}

function createRooms({ url }: ServerProcess): Promise<string[]> {
  const api = createServerApi(url, AbortSignal.timeout(60_000));
  const token = mintToken(SECRET, 'host', Date.now());
  return Promise.all(Array.from({ length: ROOMS }, () => api.createRoom(token, 8)));
}

function outcome(
  { visitors, problems, looks }: Visited,
  { complaints }: ServerProcess,
  /** Growth in the last half, in bytes. */
  allowed: number,
  before: Health,
  after: Health,
): Outcome {
  const half = looks.slice(Math.floor(looks.length / 2));
  const perMinute = slope(half);
  const minutes = (half.at(-1)?.at ?? 0) - (half[0]?.at ?? 0);
  const grown = perMinute * minutes;
  const leaked = Object.entries(after.resources).filter(
    ([kind, count]) => count > (before.resources[kind] ?? 0),
  );
  return {
    figures: {
      visits: visitors.reduce((sum, { visits }) => sum + visits, 0),
      calls: visitors.reduce((sum, { calls }) => sum + calls, 0),
      'MiB at the end': mib(half.at(-1)?.rss ?? 0),
      'MiB a minute in the last half': mib(perMinute),
      'descriptors before': before.descriptors,
      'descriptors after': after.descriptors,
    },
    violations: [
      ...problems,
      ...complaints,
      ...(grown > allowed ? [`memory grew by ${mib(grown)} MiB in the last half`] : []),
      ...(after.descriptors > before.descriptors
        ? [`${after.descriptors - before.descriptors} descriptors leaked`]
        : []),
      ...leaked.map(([kind, count]) => `${count} of ${kind}, ${before.resources[kind] ?? 0} before`),
    ],
  };
}

/** Slope of the least-squares line, in bytes per minute. */
function slope(looks: readonly Look[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [at, rss] = [mean(looks.map((look) => look.at)), mean(looks.map((look) => look.rss))];
  const above = looks.reduce((sum, look) => sum + (look.at - at) * (look.rss - rss), 0);
  const below = looks.reduce((sum, look) => sum + (look.at - at) ** 2, 0);
  return below === 0 ? 0 : above / below;
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(2);
}
