import type { ListenOptions, On } from '../peer-types.ts';

type Listener<Values extends readonly unknown[]> = (...values: Values) => void;

/** Listeners by event. An exception in one is reported, and stops neither the other listeners nor the SDK. */
export class Emitter<Events extends { [name in keyof Events]: readonly unknown[] }> {
  readonly #listeners: { [Name in keyof Events]?: Set<Listener<Events[Name]>> } = {};

  /** Adds a listener; returns a function that removes it. An aborted `signal` removes it too. */
  readonly on = <Name extends keyof Events>(
    event: Name,
    listener: Listener<Events[Name]>,
    { signal }: ListenOptions = {},
  ): (() => void) => {
    if (signal?.aborted === true) return () => {};
    const listeners = this.#listeners[event] ?? new Set();
    this.#listeners[event] = listeners;
    listeners.add(listener);
    const off = (): void => {
      listeners.delete(listener);
      signal?.removeEventListener('abort', off);
    };
    signal?.addEventListener('abort', off, { once: true });
    return off;
  };

  /** Adds a listener that is removed when it is called; returns a function that removes it before. */
  readonly once: On<Events> = onceOf(this.on);

  emit<Name extends keyof Events>(event: Name, ...values: Events[Name]): void {
    for (const listener of [...(this.#listeners[event] ?? [])]) {
      try {
        listener(...values);
      } catch (error) {
        report(error);
      }
    }
  }
}

/** Returns the `once` that belongs to an `on`. */
export function onceOf<Events extends { [name in keyof Events]: readonly unknown[] }>(
  on: On<Events>,
): On<Events> {
  return (event, listener, options) => {
    const off = on(
      event,
      (...values) => {
        off();
        listener(...values);
      },
      options,
    );
    return off;
  };
}

/** Reports an exception as uncaught: `window.onerror` and the console get it. Node has no `reportError`. */
function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error);
  else {
    queueMicrotask(() => {
      throw error;
    });
  }
}
