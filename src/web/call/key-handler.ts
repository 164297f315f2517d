import { type KeyPress, type ShortcutAction, shortcutFor } from './shortcuts.ts';

/**
 * Milliseconds up to which Space on the mute button, reached by Tab, is a press of that button and unmutes for good;
 * longer is a hold to talk. Shorter than the delay before any keyboard repeats a key.
 */
export const TAP_MS = 300;

interface KeyHandlerOptions {
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

/** The keyboard of a call, without the DOM. `keyDown` and `keyUp` return whether the key is ours and not the browser's. */
export interface KeyHandler {
  keyDown(press: KeyDown): boolean;
  keyUp(key: Pick<KeyPress, 'code' | 'key'> & { readonly at: number }): boolean;
  /** Nothing is held any more, whatever the keyboard says: the key may go up in another window, unheard. */
  releaseAll(): void;
  /** A mouse or a finger did something meanwhile: what is held is no tap, and ends with a closed microphone. */
  onPointer(): void;
}

export function createKeyHandler({ isEnabled, isMuted, onAction, onTalk }: KeyHandlerOptions): KeyHandler {
  let held: { readonly since: number; readonly canBeTap: boolean } | null = null;

  function releaseAll(): void {
    if (held === null) return;
    held = null;
    onTalk(false);
  }

  return {
    releaseAll,
    onPointer() {
      if (held !== null) held = { ...held, canBeTap: false };
    },
    keyDown(press) {
      if (!isEnabled()) return false;
      // macOS does not tell of keys that go up while Command is down.
      if (press.modified) releaseAll();
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
    keyUp(key) {
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
