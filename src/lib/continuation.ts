/** A session or connection that something is awaited for. */
export interface Requester {
  /** Whether it has ended for good, so that nothing more may be done for it. */
  readonly isOver: boolean;
}

/**
 * Calls `proceed` with the answer: synchronously if it isn't a promise, otherwise once it resolves. If the requester has
 * ended by then, `proceed` doesn't run, and a rejection is dropped, because it has no recipient. Every continuation of a
 * session or connection goes through this function. `proceed` must check, synchronously, whatever else may have changed
 * during the wait.
 */
export function continueFor<Answer>(
  requester: Requester,
  answer: Answer | Promise<Answer>,
  proceed: (answer: Answer) => void | Promise<void>,
): void | Promise<void> {
  if (!(answer instanceof Promise)) return proceed(answer);
  return answer.then(
    (value) => (requester.isOver ? undefined : proceed(value)),
    (error: unknown) => {
      if (!requester.isOver) throw error;
    },
  );
}
