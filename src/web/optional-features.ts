/**
 * Features that a call can do without, such as a level meter, a chosen speaker, a wake lock. A browser may lack any of
 * them or throw, and that must not end a join or a call.
 */

/** Starts a feature. Returns a function that stops it, which does nothing if the start failed. */
export function startOptional(start: () => () => void): () => void {
  let stop: () => void;
  try {
    stop = start();
  } catch {
    return () => {};
  }
  return () => attempt(stop);
}

/**
 * Runs an action and swallows its failure, thrown or rejected.
 * @param onFailure receives the error
 */
export function attempt(act: () => unknown, onFailure: (error: unknown) => void = () => {}): void {
  try {
    const result = act();
    if (result instanceof Promise) result.catch(onFailure);
  } catch (error) {
    onFailure(error);
  }
}
