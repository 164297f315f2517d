/** An emitter as the SDK's objects have one, which a test makes speak. */
export function createEmitter<Events extends { [name in keyof Events]: readonly unknown[] }>() {
  type Listeners = { [Name in keyof Events]?: Set<(...values: Events[Name]) => void> };
  const listeners: Listeners = {};
  const sizes: (() => number)[] = [];
  return {
    on<Name extends keyof Events>(event: Name, listener: (...values: Events[Name]) => void): () => void {
      const set: NonNullable<Listeners[Name]> = listeners[event] ?? new Set();
      if (listeners[event] === undefined) sizes.push(() => set.size);
      listeners[event] = set;
      set.add(listener);
      return () => set.delete(listener);
    },
    emit<Name extends keyof Events>(event: Name, ...values: Events[Name]): void {
      for (const listener of [...(listeners[event] ?? [])]) listener(...values);
    },
    /** The number of listeners, over all events. */
    count: () => sizes.reduce((sum, size) => sum + size(), 0),
  };
}
