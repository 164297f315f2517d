import type { Clock } from './clock.ts';

/** Milliseconds between looks at the clock. */
const LOOK_MS = 5_000;
/** If a look comes this many milliseconds late, the machine has slept. */
const SLEPT_MS = 5_000;
/** Milliseconds for the answer to a probe after a long silence. */
const ANSWER_MS = 4_000;
/** The same if there is a sign that the network has changed. */
const QUICK_ANSWER_MS = 1_000;

interface LivenessDeps {
  readonly clock: Clock;
  /** Milliseconds of silence before a probe. A page doesn't see the server's own heartbeat (WebSocket pings). */
  readonly heartbeatMs: number;
  readonly sendProbe: () => void;
  readonly onDead: () => void;
}

export interface Liveness {
  /** Records that a frame came, which proves that the connection is alive. */
  noteFrame(): void;
  /** Probes the connection now: there is a sign that it is dead. */
  probe(): void;
  stop(): void;
}

/** Detects a dead connection that fires no close event: after sleep, a network change or a router that died. */
export function watchLiveness({ clock, heartbeatMs, sendProbe, onDead }: LivenessDeps): Liveness {
  let lastFrameAt = clock.now();
  let nextLookAt = clock.now() + LOOK_MS;
  let cancelAnswer: (() => void) | undefined;
  let answerBy = 0;
  let cancelLook = clock.after(LOOK_MS, look);

  function look(): void {
    const now = clock.now();
    const slept = now - nextLookAt > SLEPT_MS;
    nextLookAt = now + LOOK_MS;
    cancelLook = clock.after(LOOK_MS, look);
    if (slept || now - lastFrameAt >= heartbeatMs) probe(slept ? QUICK_ANSWER_MS : ANSWER_MS);
  }

  function probe(answerMs: number): void {
    const by = clock.now() + answerMs;
    if (cancelAnswer !== undefined && answerBy <= by) return;
    cancelAnswer?.();
    answerBy = by;
    cancelAnswer = clock.after(answerMs, onDead);
    sendProbe();
  }

  return {
    noteFrame() {
      lastFrameAt = clock.now();
      cancelAnswer?.();
      cancelAnswer = undefined;
    },
    probe: () => probe(QUICK_ANSWER_MS),
    stop() {
      cancelLook();
      cancelAnswer?.();
    },
  };
}
