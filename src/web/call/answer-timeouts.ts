/** Milliseconds until a tile says that the peer doesn't answer. ICE alone may take 15 s. */
export const ANSWER_WITHIN_MS = 20_000;

/** Tracks which peers have been connecting for too long. */
export interface AnswerTimeouts<Peer> {
  hasExpired(peer: Peer): boolean;
  /** Starts the timeout of a peer that is connecting; stops it once the peer is not. */
  setWaiting(peer: Peer, waiting: boolean): void;
  forget(peer: Peer): void;
  close(): void;
}

export function createAnswerTimeouts<Peer>(onChange: () => void): AnswerTimeouts<Peer> {
  const timers = new Map<Peer, ReturnType<typeof setTimeout>>();
  const expired = new Set<Peer>();
  const forget = (peer: Peer) => {
    clearTimeout(timers.get(peer));
    timers.delete(peer);
    expired.delete(peer);
  };
  return {
    hasExpired: (peer) => expired.has(peer),
    setWaiting(peer, waiting) {
      if (!waiting) return forget(peer);
      if (timers.has(peer)) return;
      timers.set(
        peer,
        setTimeout(() => {
          expired.add(peer);
          onChange();
        }, ANSWER_WITHIN_MS),
      );
    },
    forget,
    close() {
      for (const peer of [...timers.keys()]) forget(peer);
    },
  };
}
