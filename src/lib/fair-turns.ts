/** Whose task it is. Kinds of work take turns, so do the blocks of each, the networks of each block, and the users there. */
export interface TurnOf {
  /** What the task is for. Default: ''. */
  readonly work?: string;
  /** Networks that one customer of a provider can have together. Default: ''. */
  readonly block?: string;
  readonly network: string;
  readonly user: string;
}

interface FairTurnsDeps {
  /** Max tasks that run at once. */
  readonly atOnce: number;
  /** Max tasks that wait. */
  readonly waiting: number;
  /** Max tasks of one user that wait. */
  readonly waitingPerUser: number;
  /** Makes the error of a refused task. */
  readonly refusal: () => Error;
}

interface Waiter {
  readonly go: () => void;
  readonly refuse: (error: Error) => void;
}

/** Waiting tasks: of all, of one kind of work, of one block there, of one network there, or of one user there. */
interface Line {
  length: number;
  /** By the next part of the path; the one whose turn is next comes first. Empty for a user's line. */
  readonly parts: Map<string, Line>;
  /** A user's tasks, the oldest first. */
  readonly own: Waiter[];
}

type Path = readonly string[];

export type FairTurns = <Result>(of: TurnOf, task: () => Promise<Result>) => Promise<Result>;

/**
 * Runs a few tasks at once and queues the others. Whoever brings many tasks delays only their own, because all take turns.
 * When the queue is full, the newest task of the busiest user of the busiest network and block, of the busiest kind of work,
 * is refused, so that no user is refused because of another.
 */
export function createFairTurns({ atOnce, waiting, waitingPerUser, refusal }: FairTurnsDeps): FairTurns {
  const all = emptyLine();
  let running = 0;

  function wait({ work = '', block = '', network, user }: TurnOf): Promise<void> {
    return new Promise((go, refuse) => {
      const path = [work, block, network, user];
      if (lengthAt(all, path) >= waitingPerUser) {
        refuse(refusal());
        return;
      }
      push(all, path, { go, refuse });
      if (all.length > waiting) takeNewest(all, path)?.refuse(refusal());
    });
  }

  return async (of, task) => {
    if (running < atOnce) running += 1;
    else await wait(of);
    try {
      return await task();
    } finally {
      // Hands the turn to the next waiter directly, so that no other task can take it.
      const waiter = takeNext(all);
      if (waiter === undefined) running -= 1;
      else waiter.go();
    }
  };
}

function emptyLine(): Line {
  return { length: 0, parts: new Map(), own: [] };
}

function lengthAt(line: Line, [key, ...rest]: Path): number {
  if (key === undefined) return line.length;
  const part = line.parts.get(key);
  return part === undefined ? 0 : lengthAt(part, rest);
}

function push(line: Line, [key, ...rest]: Path, waiter: Waiter): void {
  line.length += 1;
  if (key === undefined) {
    line.own.push(waiter);
    return;
  }
  const part = line.parts.get(key) ?? emptyLine();
  line.parts.set(key, part);
  push(part, rest, waiter);
}

/** Takes the task whose turn it is. Work, block, network and user all go to the end of their lines. */
function takeNext(line: Line): Waiter | undefined {
  if (line.length === 0) return undefined;
  line.length -= 1;
  const [[key, part] = []] = line.parts;
  if (key === undefined || part === undefined) return line.own.shift();
  const waiter = takeNext(part);
  line.parts.delete(key);
  if (part.length > 0) line.parts.set(key, part);
  return waiter;
}

/** Takes the newest task of the longest line; among equally long ones, that on the path. */
function takeNewest(line: Line, [preferred, ...rest]: Path): Waiter | undefined {
  line.length -= 1;
  if (preferred === undefined) return line.own.pop();
  const [key, part] = longest(line.parts, preferred);
  const waiter = takeNewest(part, rest);
  if (part.length === 0) line.parts.delete(key);
  return waiter;
}

/** Returns the longest line of a map that isn't empty; `preferred` if none is longer. */
function longest(parts: ReadonlyMap<string, Line>, preferred: string): [string, Line] {
  let best: [string, Line] | undefined;
  for (const [key, part] of parts) {
    const ahead = best === undefined ? 1 : part.length - best[1].length;
    if (ahead > 0 || (ahead === 0 && key === preferred)) best = [key, part];
  }
  if (best === undefined) throw new RangeError('nobody waits');
  return best;
}
