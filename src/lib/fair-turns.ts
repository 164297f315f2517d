/** Whose turn it is: users of one network share that network's turns. */
export interface TurnOf {
  readonly network: string;
  readonly user: string;
}

interface FairTurnsDeps {
  /** Tasks that run at once. */
  readonly atOnce: number;
  /** Tasks that wait, in all. */
  readonly waiting: number;
  /** Tasks of one user that wait. */
  readonly waitingPerUser: number;
  /** The error of a task that is refused. */
  readonly refusal: () => Error;
}

interface Waiter {
  readonly go: () => void;
  readonly refuse: (error: Error) => void;
}

/** The tasks of one network that wait, by user; the user whose turn is next stands first. */
interface Line {
  readonly users: Map<string, Waiter[]>;
  length: number;
}

export type FairTurns = <Result>(of: TurnOf, task: () => Promise<Result>) => Promise<Result>;

/**
 * Runs a few tasks at once and lets others wait. Networks take turns, and so do the users of each: whoever brings many
 * tasks waits for them alone. A full line refuses the newest task of the user who waits with most, of the network that
 * does; so nobody is refused for what others bring.
 */
export function createFairTurns({ atOnce, waiting, waitingPerUser, refusal }: FairTurnsDeps): FairTurns {
  /** By network; the one whose turn is next stands first. */
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

  /** Where several are equally long, the newcomer's own. */
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
    // Both go to the end of their lines.
    line.users.delete(user);
    line.users.set(user, own);
    lines.delete(network);
    lines.set(network, line);
    shorten(network, line, user, own);
    return waiter;
  }

  /** One task is gone from `own`. */
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
      // The turn is handed on, not given up and taken again: nobody can slip in between.
      const waiter = next();
      if (waiter === undefined) running -= 1;
      else waiter.go();
    }
  };
}

/** The longest entry of a map that isn't empty; `preferred` if it is as long as any. */
function longest<Entry>(
  entries: ReadonlyMap<string, Entry>,
  preferred: string,
  lengthOf: (entry: Entry) => number,
): [string, Entry] {
  let best: [string, Entry] | undefined;
  for (const [key, entry] of entries) {
    const ahead = best === undefined ? 1 : lengthOf(entry) - lengthOf(best[1]);
    if (ahead > 0 || (ahead === 0 && key === preferred)) best = [key, entry];
  }
  if (best === undefined) throw new RangeError('nobody waits');
  return best;
}
