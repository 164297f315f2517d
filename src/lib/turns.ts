/** Runs something now, or in a later turn of the event loop. */
export type InTurn = (run: () => void) => void;

/**
 * Runs at most so many things in one turn of the event loop, and the rest in the next ones, in their order. Whatever
 * else waits for the loop gets its turn in between.
 */
export function createTurns(most: number): InTurn {
  let waiting: (() => void)[] = [];
  let left = most;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(nextTurn);
  }

  function nextTurn(): void {
    isScheduled = false;
    left = most;
    const due = waiting.slice(0, most);
    waiting = waiting.slice(most);
    if (due.length > 0) schedule();
    left -= due.length;
    for (const run of due) run();
  }

  return (run) => {
    schedule();
    if (left > 0 && waiting.length === 0) {
      left -= 1;
      run();
    } else waiting.push(run);
  };
}
