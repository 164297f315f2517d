import type { ReadonlySignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { createKeyHandler, type KeyDown } from './key-handler.ts';
import { watchModality } from './modality.ts';
import { keyPressOf, type ShortcutAction } from './shortcuts.ts';

interface ShortcutOptions {
  readonly enabled: ReadonlySignal<boolean>;
  /** The open dialog; null if there is none. */
  readonly modal: ReadonlySignal<unknown>;
  readonly isMuted: () => boolean;
  readonly onAction: (action: Exclude<ShortcutAction, 'talk'>) => void;
  readonly onTalk: (held: boolean, keep?: boolean) => void;
}

/** Handles the keyboard while the call is shown. */
export function useShortcuts(options: ShortcutOptions): void {
  const latest = useRef(options);
  latest.current = options;
  // A layout effect, because the person may press a key before the next frame is painted.
  useLayoutEffect(() => {
    const modality = watchModality(window);
    const keys = createKeyHandler({
      isEnabled: () => latest.current.enabled.peek(),
      isMuted: () => latest.current.isMuted(),
      onAction: (action) => latest.current.onAction(action),
      onTalk: (held, keep) => latest.current.onTalk(held, keep),
    });
    const onKeyDown = (event: KeyboardEvent) => {
      const modal = latest.current.modal.peek() !== null;
      if (keys.keyDown(keyDownOf(event, modal, modality.byKeyboard()))) event.preventDefault();
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (keys.keyUp({ code: event.code, key: event.key, at: event.timeStamp })) event.preventDefault();
    };
    const onHidden = () => {
      if (document.visibilityState === 'hidden') keys.releaseAll();
    };
    const stopWatching = latest.current.modal.subscribe((shown) => {
      if (shown !== null) keys.releaseAll();
    });
    addEventListener('keydown', onKeyDown);
    addEventListener('keyup', onKeyUp);
    addEventListener('pointerdown', keys.onPointer, true);
    addEventListener('blur', keys.releaseAll);
    addEventListener('pagehide', keys.releaseAll);
    document.addEventListener('visibilitychange', onHidden);
    return () => {
      keys.releaseAll();
      modality.stop();
      stopWatching();
      removeEventListener('keydown', onKeyDown);
      removeEventListener('keyup', onKeyUp);
      removeEventListener('pointerdown', keys.onPointer, true);
      removeEventListener('blur', keys.releaseAll);
      removeEventListener('pagehide', keys.releaseAll);
      document.removeEventListener('visibilitychange', onHidden);
    };
  }, []);
}

function keyDownOf(event: KeyboardEvent, modal: boolean, byKeyboard: boolean): KeyDown {
  const target = event.target instanceof Element ? event.target : null;
  return {
    ...keyPressOf(event, modal, byKeyboard),
    repeat: event.repeat,
    onMuteButton: target !== null && target.closest('[data-mutes]') !== null,
    at: event.timeStamp,
  };
}
