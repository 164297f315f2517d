import { type ReadonlySignal, signal } from '@preact/signals';

/** Counts how long this person has been in the call. */
export interface CallClock {
  /** Whole seconds since the clock was created. */
  readonly seconds: ReadonlySignal<number>;
  close(): void;
}

/** @param now monotonic milliseconds */
export function createCallClock(now: () => number = () => performance.now()): CallClock {
  const startedAt = now();
  const seconds = signal(0);
  let timer: ReturnType<typeof setTimeout>;
  function tick(): void {
    const elapsedMs = Math.max(0, now() - startedAt);
    seconds.value = Math.floor(elapsedMs / 1_000);
    // Timers fire late. Aiming at the next full second keeps the delays from adding up.
    timer = setTimeout(tick, 1_000 - (elapsedMs % 1_000));
  }
  tick();
  return { seconds, close: () => clearTimeout(timer) };
}

/** Returns `0:07`, `12:03` or `1:02:03`. */
export function clockText(seconds: number): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = twoDigits(seconds % 60);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${rest}` : `${minutes}:${rest}`;
}
