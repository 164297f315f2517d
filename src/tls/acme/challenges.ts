/** Max challenges that wait to be checked: one order of one name has one. */
export const MAX_CHALLENGES = 8;

/** What HTTP_PORT answers to a directory that checks whether we control the name (RFC 8555, 8.3). */
export interface Challenges {
  /** Answers a token until the returned function is called. @throws RangeError at `MAX_CHALLENGES` */
  add(token: string, keyAuthorization: string): () => void;
  /** Undefined for any token but those that wait. */
  answer(token: string): string | undefined;
}

export function createChallenges(): Challenges {
  const waiting = new Map<string, string>();
  return {
    add(token, keyAuthorization) {
      if (waiting.size >= MAX_CHALLENGES) throw new RangeError('too many challenges wait');
      waiting.set(token, keyAuthorization);
      return () => void waiting.delete(token);
    },
    answer: (token) => waiting.get(token),
  };
}
