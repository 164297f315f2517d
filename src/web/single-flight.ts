/** Helpers for actions that take time: started once, and waited for no longer than is sensible. */

/**
 * Guards an action against being started again while it is under way: a second click, a second key press, Enter and a
 * click together. Whoever asks meanwhile gets the promise of the run that is under way.
 */
export function singleFlight<Values extends readonly unknown[], Result>(
  action: (...values: Values) => Promise<Result>,
): (...values: Values) => Promise<Result> {
  let underWay: Promise<Result> | null = null;
  return (...values) => {
    underWay ??= action(...values).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

/** Resolves when `work` has settled, either way, or after `ms`. The work itself goes on. */
export function settledWithin(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(done, done);
  });
}
