/** Whose task it is. Users of one network share that network's turns. */
export interface TurnOf {
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

/** The waiting tasks of one network, by user; the user whose turn is next comes first. */
interface Line {
  readonly users: Map<string, Waiter[]>;
  length: number;
}

export type FairTurns = <Result>(of: TurnOf, task: () => Promise<Result>) => Promise<Result>;

/**
 * Runs a few tasks at once and queues the others. Networks take turns, and so do the users of each, so that a user with
 * many tasks delays only their own. When the queue is full, the newest task of the busiest user of the busiest network is
 * refused, so that no user is refused because of another.
 */
export function createFairTurns({ atOnce, waiting, waitingPerUser, refusal }: FairTurnsDeps): FairTurns {
  /** By network; the one whose turn is next comes first. */
  const lines = new Map<string, Line>();
  let running = 0;
  let length = 0;

  function wait({ network, user }: TurnOf): Promise<void> {
    return new Promise((go, refuse) => {
      const line = lines.get(network) ?? { users: new Map<string, Waiter[]>(), length: 0 };
      const own = line.users.get(user) ?? [];
      if (own.length >= waitingPerUser) {
        refuse(refusal());
        return;
      }
      own.push({ go, refuse });
      line.users.set(user, own);
      line.length += 1;
      lines.set(network, line);
      length += 1;
      if (length > waiting) refuseNewest(network, user);
    });
  }

  /** Refuses the newest task of the longest line; among equally long ones, the newcomer's own. */
  function refuseNewest(network: string, user: string): void {
    const [longestNetwork, line] = longest(lines, network, (candidate) => candidate.length);
    const [longestUser, own] = longest(line.users, user, (candidate) => candidate.length);
    const refused = own.pop();
    shorten(longestNetwork, line, longestUser, own);
    refused?.refuse(refusal());
  }

  function next(): Waiter | undefined {
    const [[network, line] = []] = lines;
    if (network === undefined || line === undefined) return undefined;
    const [[user, own] = []] = line.users;
    if (user === undefined || own === undefined) return undefined;
    const waiter = own.shift();
    // User and network both go to the end of their lines.
    line.users.delete(user);
    line.users.set(user, own);
    lines.delete(network);
    lines.set(network, line);
    shorten(network, line, user, own);
    return waiter;
  }

  /** Updates the lengths after one task was taken from `own`, and drops lines that are empty. */
  function shorten(network: string, line: Line, user: string, own: readonly Waiter[]): void {
    length -= 1;
    line.length -= 1;
    if (own.length === 0) line.users.delete(user);
    if (line.length === 0) lines.delete(network);
  }

  return async (of, task) => {
    if (running < atOnce) running += 1;
    else await wait(of);
    try {
      return await task();
    } finally {
      // Hands the turn to the next waiter directly, so that no other task can take it.
      const waiter = next();
      if (waiter === undefined) running -= 1;
      else waiter.go();
    }
  };
}

/** Returns the longest line of a map that isn't empty; `preferred` if none is longer. */
function longest<Queue>(
  queues: ReadonlyMap<string, Queue>,
  preferred: string,
  lengthOf: (queue: Queue) => number,
): [string, Queue] {
  let best: [string, Queue] | undefined;
  for (const [key, queue] of queues) {
    const ahead = best === undefined ? 1 : lengthOf(queue) - lengthOf(best[1]);
    if (ahead > 0 || (ahead === 0 && key === preferred)) best = [key, queue];
  }
  if (best === undefined) throw new RangeError('nobody waits');
  return best;
}
