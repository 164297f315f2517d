import { type ReadonlySignal, signal } from '@preact/signals';
import type { Call, UplinkLimit } from '../../client/index.ts';
import type { Prefs } from '../prefs.ts';

/** How much a person may choose to send to all others together, in bits per second. */
export const UPLINK_OPTIONS = ['auto', 1_000_000, 500_000, 'sound'] as const satisfies readonly UplinkLimit[];

export type UplinkOption = (typeof UPLINK_OPTIONS)[number];

/** How much this person sends. */
export interface UplinkChoice {
  readonly limit: ReadonlySignal<UplinkLimit>;
  /** Takes effect at once, and in later calls. */
  choose(limit: UplinkOption): void;
  /** Sends sound alone for the rest of this call, or until something else is chosen. */
  sendSoundOnly(): void;
  /** Sends pictures again, as much as before. */
  sendPictures(): void;
  close(): void;
}

export function createUplinkChoice(
  call: Pick<Call, 'uplink' | 'setUplink' | 'on'>,
  prefs: Prefs,
): UplinkChoice {
  const remembered = rememberedUplink(prefs);
  if (call.uplink.limit !== remembered) call.setUplink(remembered);
  const limit = signal<UplinkLimit>(remembered);
  /** What the person chose last, other than sound alone. */
  let withPictures: UplinkOption = remembered === 'sound' ? 'auto' : remembered;

  function apply(next: UplinkOption): void {
    if (next !== 'sound') withPictures = next;
    limit.value = next;
    call.setUplink(next);
  }

  function choose(next: UplinkOption): void {
    prefs.set('uplink', next === 'auto' ? '' : String(next));
    apply(next);
  }

  return {
    limit,
    choose,
    sendSoundOnly: () => apply('sound'),
    sendPictures: () => choose(withPictures),
    close: call.on('uplink', (now) => {
      limit.value = now.limit;
    }),
  };
}

/** Returns what the person chose last; `auto` if nothing, or something that an earlier version offered. */
export function rememberedUplink(prefs: Pick<Prefs, 'get'>): UplinkOption {
  const stored = prefs.get('uplink');
  return UPLINK_OPTIONS.find((option) => String(option) === stored) ?? 'auto';
}
