import { useMemo, useRef } from 'preact/hooks';

/**
 * Returns `action`, guarded against a second start while it is running: a double click, a repeated key, Enter and a
 * click together. Calls made meanwhile get the promise of the running one.
 */
export function singleFlight<Values extends readonly unknown[], Result>(
  action: (...values: Values) => Promise<Result>,
): (...values: Values) => Promise<Result> {
  let running: Promise<Result> | null = null;
  return (...values) => {
    running ??= action(...values).finally(() => {
      running = null;
    });
    return running;
  };
}

/**
 * `singleFlight` for an action of a component. A `busy` state isn't enough: a click and Enter both come before the next
 * render, and would see the old value.
 */
export function useSingleFlight<Values extends readonly unknown[], Result>(
  action: (...values: Values) => Promise<Result>,
): (...values: Values) => Promise<Result> {
  const latest = useRef(action);
  latest.current = action;
  return useMemo(() => singleFlight((...values: Values) => latest.current(...values)), []);
}

/** Resolves when `work` resolves or rejects, or after `ms`. The work is not cancelled. */
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
