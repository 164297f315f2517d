/** A value or a promise of it: a database in this process returns at once, a remote one later. */
export type Awaitable<Value> = Value | Promise<Value>;

/**
 * Continues with a value, in the same tick if it isn't a promise. Code off the hot path uses `await` instead.
 * @see `continueFor` in continuation.ts, for work on behalf of a session that may end meanwhile
 */
export function andThen<Value, Next>(
  value: Awaitable<Value>,
  proceed: (value: Value) => Awaitable<Next>,
): Awaitable<Next> {
  return value instanceof Promise ? value.then(proceed) : proceed(value);
}

/** Waits for all of them; in the same tick if none is a promise. Rejects with the first rejection. */
export function allDone(values: readonly Awaitable<unknown>[]): Awaitable<void> {
  const pending = values.filter((value) => value instanceof Promise);
  return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
}
