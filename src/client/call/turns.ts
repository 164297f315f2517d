interface TurnsDeps {
  /** Whether nothing may run any more. */
  readonly isOver: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** Runs asynchronous steps one after the other. A step that fails is reported, and the next one runs all the same. */
export class Turns {
  readonly #deps: TurnsDeps;
  #queue: Promise<void> = Promise.resolve();

  constructor(deps: TurnsDeps) {
    this.#deps = deps;
  }

  /** Resolves when the step has run, never rejects. @param onError default: the queue's own */
  run(step: () => Promise<void>, onError = this.#deps.onError): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#deps.isOver()) return;
      try {
        await step();
      } catch (error) {
        if (!this.#deps.isOver()) onError(error);
      }
    });
    return this.#queue;
  }
}
