/**
 * Ornaments: what a call is better with and goes on without, such as a level meter, a sound output, a wake lock. A
 * browser may lack any of them or throw from it, and that must end neither a join nor a call.
 */

/** Starts an ornament. @returns how to stop it; does nothing if it never started */
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
 * Does one thing that may fail, now or later.
 * @param onFailure hears why, if anybody wants to know
 */
export function attempt(act: () => unknown, onFailure: (error: unknown) => void = () => {}): void {
  try {
    const result = act();
    if (result instanceof Promise) result.catch(onFailure);
  } catch (error) {
    onFailure(error);
  }
}
