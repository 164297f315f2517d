import { useMemo, useRef } from 'preact/hooks';
import { singleFlight } from './single-flight.ts';

/**
 * `singleFlight` for an action of a component. A `busy` state does not do: a click and Enter come before it is
 * rendered, and both would see the old value.
 */
export function useSingleFlight<Values extends readonly unknown[], Result>(
  action: (...values: Values) => Promise<Result>,
): (...values: Values) => Promise<Result> {
  const latest = useRef(action);
  latest.current = action;
  return useMemo(() => singleFlight((...values: Values) => latest.current(...values)), []);
}
