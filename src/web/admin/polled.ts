import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Failure, failureOf } from '../failure.ts';
import { onPageShown, type Subscribe } from '../media/page-activity.ts';

/** Milliseconds between polls of what changes by itself. */
export const POLL_MS = 10_000;
/** Milliseconds between polls of what mostly the admins themselves change. */
export const SLOW_POLL_MS = 30_000;
/** Max milliseconds between polls while they fail. */
const MAX_RETRY_MS = 60_000;
/** Min milliseconds between polls when the page is shown again, because every dialog takes and returns the focus. */
const MIN_POLL_MS = 1_000;

/** Something that the server knows, as it was a moment ago. */
export interface Polled<Value> {
  /** Null until the first answer. */
  readonly value: ReadonlySignal<Value | null>;
  /** When the value came: ISO 8601; '' before. */
  readonly loadedAt: ReadonlySignal<string>;
  /** Why the last try failed; null if it didn't. */
  readonly failure: ReadonlySignal<Failure | null>;
  /** Loads the value as it is from now on: after what is being loaded. */
  refresh(): Promise<void>;
  /** Loads now, and polls while the page is visible, until the returned function is called. */
  start(): () => void;
}

interface PolledOptions<Value> {
  readonly load: () => Promise<Value>;
  readonly everyMs: number;
  readonly isVisible?: () => boolean;
  readonly subscribe?: Subscribe;
  readonly now?: () => number;
}

/** Polls at once when the person returns to the page, and never while it is hidden. */
export function createPolled<Value>({ load, everyMs, ...rest }: PolledOptions<Value>): Polled<Value> {
  const { subscribe = onPageShown, now = Date.now } = rest;
  const isVisible = rest.isVisible ?? (() => document.visibilityState === 'visible');
  const value = signal<Value | null>(null);
  const loadedAt = signal('');
  const failure = signal<Failure | null>(null);
  let waitMs = everyMs;
  let startedAt = 0;
  let isActive = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Loads come one after the other. */
  let last = Promise.resolve();
  let waiting = 0;

  async function run(): Promise<void> {
    waiting -= 1;
    clearTimeout(timer);
    startedAt = now();
    try {
      value.value = await load();
      loadedAt.value = new Date(now()).toISOString();
      failure.value = null;
      waitMs = everyMs;
    } catch (error) {
      failure.value = failureOf(error);
      waitMs = Math.min(MAX_RETRY_MS, waitMs * 2);
    }
    clearTimeout(timer);
    if (isActive) timer = setTimeout(poll, waitMs);
  }

  function refresh(): Promise<void> {
    // One that waits will see everything that has happened until it begins.
    if (waiting > 0) return last;
    waiting += 1;
    last = last.then(run);
    return last;
  }

  /** A hidden page is polled again by `subscribe` once it is visible. */
  function poll(): void {
    if (isActive && isVisible()) void refresh();
  }

  return {
    value,
    loadedAt,
    failure,
    refresh,
    start() {
      isActive = true;
      void refresh();
      const unsubscribe = subscribe(() => {
        if (now() - startedAt >= MIN_POLL_MS) poll();
      });
      return () => {
        isActive = false;
        clearTimeout(timer);
        unsubscribe();
      };
    },
  };
}

/** What `load` returns, polled while the component is there. `load` may change: each load takes the latest. */
export function usePolled<Value>(load: () => Promise<Value>, everyMs = POLL_MS): Polled<Value> {
  const latest = useRef(load);
  latest.current = load;
  const polled = useMemo(() => createPolled({ load: () => latest.current(), everyMs }), []);
  useEffect(() => polled.start(), [polled]);
  return polled;
}
