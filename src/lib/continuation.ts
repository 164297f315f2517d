/** On whose behalf something is waited for: a session, a connection. */
export interface Asker {
  /** It has ended for good: nothing may be done for it any more. */
  readonly isOver: boolean;
}

/**
 * Goes on when an answer is there, at once if it is there already. After a wait the asker may be over: then `proceed`
 * doesn't run, and a refusal is dropped, because nobody is left to hear it. Every continuation of a session or a
 * connection goes through here. `proceed` runs in one tick, and checks there whatever else may have changed meanwhile.
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
