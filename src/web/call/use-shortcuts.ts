import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { keyPressOf, type ShortcutAction, shortcutFor } from './shortcuts.ts';

interface ShortcutOptions {
  readonly enabled: ReadonlySignal<boolean>;
  /** What lies over the call; null for nothing. */
  readonly modal: ReadonlySignal<unknown>;
  readonly onAction: (action: Exclude<ShortcutAction, 'talk'>) => void;
  readonly onTalk: (held: boolean) => void;
}

/** Listens to the keyboard for as long as the call is shown. */
export function useShortcuts(options: ShortcutOptions): void {
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { enabled, modal, onAction, onTalk } = latest.current;
      if (!enabled.peek()) return;
      const action = shortcutFor(keyPressOf(event, modal.peek() !== null));
      if (action === null) return;
      event.preventDefault();
      if (event.repeat) return;
      if (action === 'talk') onTalk(true);
      else onAction(action);
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (event.code === 'Space') latest.current.onTalk(false);
    };
    // The key goes up in another window, unheard.
    const onBlur = () => latest.current.onTalk(false);
    addEventListener('keydown', onKeyDown);
    addEventListener('keyup', onKeyUp);
    addEventListener('blur', onBlur);
    return () => {
      removeEventListener('keydown', onKeyDown);
      removeEventListener('keyup', onKeyUp);
      removeEventListener('blur', onBlur);
    };
  }, []);
}
