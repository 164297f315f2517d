import type { Clock } from './clock.ts';

/** Milliseconds between looks at the clock. */
const LOOK_MS = 5_000;
/** A look that comes this much late, in milliseconds, has slept. */
const SLEPT_MS = 5_000;
/** Milliseconds for the answer to a probe. */
const ANSWER_MS = 4_000;

interface LivenessDeps {
  readonly clock: Clock;
  /** Milliseconds of silence after which the line is tried: the server's own heartbeat is not shown to a page. */
  readonly heartbeatMs: number;
  readonly probe: () => void;
  readonly dead: () => void;
}

export interface Liveness {
  /** A frame came. */
  heard(): void;
  /** Tries the line now. */
  check(): void;
  stop(): void;
}

/** Finds out that a line is dead where no close event tells: after sleep, a change of network, a dead router. */
export function watchLiveness({ clock, heartbeatMs, probe, dead }: LivenessDeps): Liveness {
  let lastHeard = clock.now();
  let expected = clock.now() + LOOK_MS;
  let cancelAnswer: (() => void) | undefined;
  let cancelLook = clock.after(LOOK_MS, look);

  function look(): void {
    const now = clock.now();
    const slept = now - expected > SLEPT_MS;
    expected = now + LOOK_MS;
    cancelLook = clock.after(LOOK_MS, look);
    if (slept || now - lastHeard >= heartbeatMs) check();
  }

  function check(): void {
    if (cancelAnswer !== undefined) return;
    cancelAnswer = clock.after(ANSWER_MS, dead);
    probe();
  }

  return {
    heard() {
      lastHeard = clock.now();
      cancelAnswer?.();
      cancelAnswer = undefined;
    },
    check,
    stop() {
      cancelLook();
      cancelAnswer?.();
    },
  };
}
