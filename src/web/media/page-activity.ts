/** Adds a listener; the returned function removes it. */
export type Subscribe = (listener: () => void) => () => void;

function returnsBy(events: readonly (keyof WindowEventMap)[]): Subscribe {
  return (listener) => {
    const whenVisible = () => {
      if (document.visibilityState === 'visible') listener();
    };
    document.addEventListener('visibilitychange', whenVisible);
    for (const event of events) addEventListener(event, whenVisible);
    return () => {
      document.removeEventListener('visibilitychange', whenVisible);
      for (const event of events) removeEventListener(event, whenVisible);
    };
  };
}

/** Fires when the person returns to the page, from another window or a locked phone. */
export const onPageShown: Subscribe = returnsBy(['focus', 'pageshow']);

/**
 * Also fires on every click and key press. The system stops playback and locks on its own (a phone call, a locked
 * phone, a closed picture-in-picture), and restores some of them only after a user gesture.
 */
export const onPageActivity: Subscribe = returnsBy(['focus', 'pageshow', 'pointerdown', 'keydown']);
