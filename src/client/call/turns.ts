import type { Ending } from './ending.ts';

interface TurnsDeps {
  /** After it, nothing runs any more. */
  readonly ending: Ending;
  readonly onError: (error: unknown) => void;
}

/** Runs asynchronous steps one after the other. A step that fails is reported, and the next one runs all the same. */
export class Turns {
  readonly #deps: TurnsDeps;
  #queue: Promise<void> = Promise.resolve();

  constructor(deps: TurnsDeps) {
    this.#deps = deps;
  }

  /** Resolves when the step has run, or all is over; never rejects. @param onError default: the queue's own */
  run(step: () => Promise<void>, onError = this.#deps.onError): Promise<void> {
    const { ending } = this.#deps;
    this.#queue = this.#queue.then(async () => {
      if (ending.isOver) return;
      try {
        await ending.before(step());
      } catch (error) {
        if (!ending.isOver) onError(error);
      }
    });
    return this.#queue;
  }
}
