/** Runs a function now, or in a later turn of the event loop. */
export type InTurn = (run: () => void) => void;

/**
 * Runs at most `max` functions per turn of the event loop, and the rest in the next turns, in order. Whatever else waits for
 * the loop runs in between.
 */
export function createTurns(max: number): InTurn {
  let waiting: (() => void)[] = [];
  let left = max;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(nextTurn);
  }

  function nextTurn(): void {
    isScheduled = false;
    left = max;
    const due = waiting.slice(0, max);
    waiting = waiting.slice(max);
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
