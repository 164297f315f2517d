type Listener<Values extends readonly unknown[]> = (...values: Values) => void;

/** Listeners by event. An exception in one is reported, and stops neither the other listeners nor the SDK. */
export class Emitter<Events extends { [name in keyof Events]: readonly unknown[] }> {
  readonly #listeners: { [Name in keyof Events]?: Set<Listener<Events[Name]>> } = {};

  /** Adds a listener; returns a function that removes it. */
  readonly on = <Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): (() => void) => {
    const listeners = this.#listeners[event] ?? new Set();
    this.#listeners[event] = listeners;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };

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

/** Reports an exception as uncaught: `window.onerror` and the console get it. Node has no `reportError`. */
function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error);
  else {
    queueMicrotask(() => {
      throw error;
    });
  }
}
