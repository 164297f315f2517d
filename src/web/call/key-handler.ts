import { type KeyPress, type ShortcutAction, shortcutFor } from './shortcuts.ts';

/**
 * Max milliseconds for a press of Space on the focused mute button to count as a tap, which unmutes for good; a longer
 * press is push-to-talk. Shorter than any keyboard's delay before a key repeats.
 */
export const TAP_MS = 300;

interface KeyHandlerOptions {
  readonly isEnabled: () => boolean;
  readonly isMuted: () => boolean;
  readonly onAction: (action: Exclude<ShortcutAction, 'talk'>) => void;
  /** @param keep keep the microphone open, because the press was a tap on the mute button */
  readonly onTalk: (held: boolean, keep?: boolean) => void;
}

export interface KeyDown extends KeyPress {
  readonly repeat: boolean;
  /** Whether the mute button has the focus. */
  readonly onMuteButton: boolean;
  /** Milliseconds from any start. */
  readonly at: number;
}

/**
 * The keyboard logic of a call, without the DOM. `keyDown` and `keyUp` return whether the key was handled, so that the
 * browser must not handle it too.
 */
export interface KeyHandler {
  keyDown(press: KeyDown): boolean;
  keyUp(key: Pick<KeyPress, 'code' | 'key'> & { readonly at: number }): boolean;
  /** Ends push-to-talk. The page may never see the key go up, if that happens in another window. */
  releaseAll(): void;
  /** A pointer event while Space is held: the press is no tap, so releasing it mutes. */
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
      // macOS sends no keyup while Command is down.
      if (press.modified) releaseAll();
      if (held !== null && isSpace(press)) return true;
      // Space on the mute button is push-to-talk while muted. If it pressed the button, a hold would end unmuted.
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
      // Firefox presses the focused button on keyup, even if it saw no keydown.
      return true;
    },
  };
}

function isSpace({ code, key }: Pick<KeyPress, 'code' | 'key'>): boolean {
  return code === 'Space' || key === ' ';
}
