import { type Flood, startFlood } from '../flood.ts';
import { type RunningServer, startServer } from '../process.ts';
import { type SubjectName, subjects } from '../subjects.ts';

export interface MeasureContext {
  readonly subjects: readonly SubjectName[];
  readonly runs: number;
  readonly quick: boolean;
  /** Reports progress. */
  readonly tell: (text: string) => void;
}

/** A table to print. `figures` goes into the JSON. */
export interface Outcome {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly notes: readonly string[];
  readonly figures: object;
}

export type Measure = (context: MeasureContext) => Promise<Outcome>;

export interface Scene {
  readonly server: RunningServer;
  readonly flood: Flood;
}

interface SceneOptions {
  readonly users?: number;
  /** Whether to restart the server once its rooms are created, so that serving those requests isn't measured. */
  readonly restarted?: boolean;
}

/** Starts a server and a client that knows `count` connections of `users` in rooms of `roomSize`; ends both. */
export async function withScene<Result>(
  name: SubjectName,
  count: number,
  roomSize: number,
  play: (scene: Scene) => Promise<Result>,
  { users = count, restarted = false }: SceneOptions = {},
): Promise<Result> {
  let server = await startServer(subjects[name]);
  try {
    const plan = await subjects[name].plan(server.port, count, roomSize, users);
    if (restarted) {
      await server.stop('SIGTERM');
      server = await server.again();
    }
    const flood = startFlood(subjects[name], server, plan);
    try {
      return await play({ server, flood });
    } finally {
      await flood.close();
    }
  } finally {
    await server.close();
  }
}

interface Crowd {
  readonly count: number;
  readonly roomSize: number;
  readonly users: number;
}

/** Starts several servers at once, each with a client of its own. */
export function withScenes<Result>(
  names: readonly SubjectName[],
  crowd: Crowd,
  play: (scenes: ReadonlyMap<SubjectName, Scene>) => Promise<Result>,
  begun: ReadonlyMap<SubjectName, Scene> = new Map(),
): Promise<Result> {
  const [name, ...others] = names;
  if (name === undefined) return play(begun);
  const { count, roomSize, users } = crowd;
  const next = (scene: Scene): Promise<Result> =>
    withScenes(others, crowd, play, new Map([...begun, [name, scene]]));
  return withScene(name, count, roomSize, next, { users });
}

/** Order of runs: server A, B, C, A, B, C …, so that changes on the machine affect all of them equally. */
export async function alternating<Figures>(
  { subjects: names, runs, tell }: MeasureContext,
  label: string,
  play: (name: SubjectName) => Promise<Figures>,
): Promise<Map<SubjectName, Figures[]>> {
  const all = new Map<SubjectName, Figures[]>(names.map((name) => [name, []]));
  for (let run = 1; run <= runs; run += 1) {
    for (const name of names) {
      tell(`${label}: run ${run} of ${runs}, ${name}`);
      all.get(name)?.push(await play(name));
    }
  }
  return all;
}
