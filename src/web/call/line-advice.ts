import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Call, Quality } from '../../client/index.ts';
import type { UplinkChoice } from './uplink-choice.ts';

/** Milliseconds in which the person is not told again that their own line is slow. */
export const ADVICE_EVERY_MS = 5 * 60_000;

/**
 * `soundOnly`: the line is slow, and sending sound alone would help. `move`: it is slow, and sends sound alone already.
 * `isSoundOnly`: sound alone is sent because the person has chosen so.
 */
export type Advice = 'soundOnly' | 'move' | 'isSoundOnly';

/** What to tell the person about their own line. */
export interface LineAdvice {
  /** Null if there is nothing to tell. */
  readonly shown: ReadonlySignal<Advice | null>;
  dismiss(): void;
  close(): void;
}

interface LineAdviceOptions {
  readonly call: Pick<Call, 'line' | 'on'>;
  readonly uplink: Pick<UplinkChoice, 'limit'>;
  /** Whether the camera is on or a screen is shared. */
  readonly sendsPictures: ReadonlySignal<boolean>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export function createLineAdvice({ call, uplink, sendsPictures, now }: LineAdviceOptions): LineAdvice {
  const isSlow = signal(false);
  const isSoundOnly = computed(() => uplink.limit.value === 'sound');
  const dismissed = signal(false);
  let toldAt = Number.NEGATIVE_INFINITY;

  /** A fair line changes nothing: whoever was told keeps the advice until the line is good. */
  const follow = (line: Quality | null) => {
    if (line === 'poor' && !isSlow.peek() && !isSoundOnly.peek() && now() - toldAt >= ADVICE_EVERY_MS) {
      toldAt = now();
      isSlow.value = true;
    }
    if (line === 'good' || line === null) isSlow.value = false;
  };
  follow(call.line);
  const off = call.on('line', follow);
  const stopWatching = effect(() => {
    if (isSoundOnly.value) isSlow.value = false;
    dismissed.value = false;
  });

  return {
    shown: computed(() => {
      if (isSoundOnly.value) return dismissed.value ? null : 'isSoundOnly';
      if (!isSlow.value) return null;
      return sendsPictures.value ? 'soundOnly' : 'move';
    }),
    dismiss() {
      if (isSoundOnly.peek()) dismissed.value = true;
      isSlow.value = false;
    },
    close() {
      off();
      stopWatching();
    },
  };
}
