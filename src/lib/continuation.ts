/** A session or connection on whose behalf something is awaited. */
export interface Asker {
  /** Whether it has ended for good: nothing may be done for it any more. */
  readonly isOver: boolean;
}

/**
 * Calls `proceed` with an answer, immediately if it is no promise. If the asker is over by then, `proceed` doesn't run and a
 * rejection is dropped, because nobody is left to hear of it. Every continuation of a session or connection goes through
 * here. `proceed` must check, synchronously, whatever else may have changed during the wait.
 */
export function goOn<Answer>(
  asker: Asker,
  answer: Answer | Promise<Answer>,
  proceed: (answer: Answer) => void,
): void | Promise<void> {
  if (!(answer instanceof Promise)) return proceed(answer);
  return answer.then(
    (value) => {
      if (!asker.isOver) proceed(value);
    },
    (error: unknown) => {
      if (!asker.isOver) throw error;
    },
  );
}
