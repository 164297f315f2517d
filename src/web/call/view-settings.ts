import { type ReadonlySignal, signal } from '@preact/signals';
import type { Prefs } from '../prefs.ts';

/** `grid`: all alike; `speaker`: whoever speaks is large. */
export type Layout = 'grid' | 'speaker';

/** How this person wants to see the call. Remembered between visits, except for the pin. */
export interface ViewSettings {
  readonly layout: ReadonlySignal<Layout>;
  /** The key of the tile that stays large; null if none is pinned. */
  readonly pinned: ReadonlySignal<string | null>;
  readonly hidesSelf: ReadonlySignal<boolean>;
  /** Whether one's own picture is shown as in a mirror. Others never see it mirrored. */
  readonly mirrors: ReadonlySignal<boolean>;
  setLayout(layout: Layout): void;
  togglePin(key: string): void;
  setHidesSelf(hides: boolean): void;
  setMirrors(mirrors: boolean): void;
}

export function createViewSettings(prefs: Prefs): ViewSettings {
  const layout = signal<Layout>(prefs.get('layout') === 'speaker' ? 'speaker' : 'grid');
  const pinned = signal<string | null>(null);
  const hidesSelf = signal(prefs.get('hideSelf') !== '');
  const mirrors = signal(prefs.get('mirror') !== 'off');
  return {
    layout,
    pinned,
    hidesSelf,
    mirrors,
    setLayout(next) {
      layout.value = next;
      pinned.value = null;
      prefs.set('layout', next === 'grid' ? '' : next);
    },
    togglePin(key) {
      pinned.value = pinned.peek() === key ? null : key;
    },
    setHidesSelf(hides) {
      hidesSelf.value = hides;
      prefs.set('hideSelf', hides ? 'yes' : '');
    },
    setMirrors(next) {
      mirrors.value = next;
      prefs.set('mirror', next ? '' : 'off');
    },
  };
}

interface Speaker {
  readonly key: string;
  readonly speaking: boolean;
}

/** Returns who is shown as the speaker: whoever was, until they are silent and somebody else speaks. */
export function nextSpeaker(current: string | null, others: readonly Speaker[]): string | null {
  const previous = others.find(({ key }) => key === current);
  if (previous?.speaking === true) return previous.key;
  return (others.find(({ speaking }) => speaking) ?? previous ?? others[0])?.key ?? null;
}
