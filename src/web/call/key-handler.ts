import { type KeyPress, type ShortcutAction, shortcutFor } from './shortcuts.ts';

/**
 * Milliseconds up to which Space on the mute button, reached by Tab, is a press of that button and unmutes for good;
 * longer is a hold to talk. Shorter than the delay before any keyboard repeats a key.
 */
export const TAP_MS = 300;

interface KeysOptions {
  readonly isEnabled: () => boolean;
  readonly isMuted: () => boolean;
  readonly onAction: (action: Exclude<ShortcutAction, 'talk'>) => void;
  /** @param keep the microphone stays open: it was a tap on the mute button */
  readonly onTalk: (held: boolean, keep?: boolean) => void;
}

/** A key press with what matters beside its meaning. */
export interface KeyDown extends KeyPress {
  readonly repeat: boolean;
  /** The focus is on the mute button. */
  readonly onMuteButton: boolean;
  /** Milliseconds; only differences count. */
  readonly at: number;
}

/** The keyboard of a call, without the DOM. `down` and `up` return whether the key is ours and not the browser's. */
export interface Keys {
  down(press: KeyDown): boolean;
  up(key: Pick<KeyPress, 'code' | 'key'> & { readonly at: number }): boolean;
  /** Nothing is held any more, whatever the keyboard says: the key may go up in another window, unheard. */
  letGo(): void;
  /** A mouse or a finger did something meanwhile: what is held is no tap, and ends with a closed microphone. */
  pointed(): void;
}

export function createKeys({ isEnabled, isMuted, onAction, onTalk }: KeysOptions): Keys {
  let held: { readonly since: number; readonly canBeTap: boolean } | null = null;

  function letGo(): void {
    if (held === null) return;
    held = null;
    onTalk(false);
  }

  return {
    letGo,
    pointed() {
      if (held !== null) held = { ...held, canBeTap: false };
    },
    down(press) {
      if (!isEnabled()) return false;
      // macOS does not tell of keys that go up while Command is down.
      if (press.modified) letGo();
      if (held !== null && isSpace(press)) return true;
      // On the mute button itself Space talks while muted: a hold must never end with an open microphone.
      const talks = press.onControl && press.onMuteButton && isMuted();
      const action = shortcutFor(talks ? { ...press, onControl: false } : press);
      if (action === null) return false;
      if (press.repeat) return true;
      if (action === 'talk') {
        held = { since: press.at, canBeTap: talks };
        onTalk(true);
      } else onAction(action);
      return true;
    },
    up(key) {
      if (held === null || !isSpace(key)) return false;
      const keep = held.canBeTap && key.at - held.since < TAP_MS;
      held = null;
      onTalk(false, keep);
      // Firefox presses the focused button when Space goes up, even if it did not see it go down.
      return true;
    },
  };
}

function isSpace({ code, key }: Pick<KeyPress, 'code' | 'key'>): boolean {
  return code === 'Space' || key === ' ';
}
