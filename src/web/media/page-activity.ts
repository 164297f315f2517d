/** Subscribes to the moments in which something may be started again; returns how to stop that. */
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

/** Calls back when the person comes back to the page, from another window or a locked phone. */
export const onPageShown: Subscribe = returnsBy(['focus', 'pageshow']);

/**
 * Calls back then, and at every touch of the page: the system stops sound, pictures and locks behind our back (a phone
 * call, a locked phone, a closed picture-in-picture), and gives some of them back only for a click or a key.
 */
export const onPageActivity: Subscribe = returnsBy(['focus', 'pageshow', 'pointerdown', 'keydown']);
