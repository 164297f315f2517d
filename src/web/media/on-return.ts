/** Subscribes to the moments in which something may be started again; returns how to stop that. */
export type OnReturn = (listener: () => void) => () => void;

/**
 * Calls back when the person is back or touches the page: the system stops sound, pictures and locks behind our back
 * (a phone call, a locked phone, another window, a closed picture-in-picture), and gives them back only on request.
 */
export const onReturn: OnReturn = (listener) => {
  const whenVisible = () => {
    if (document.visibilityState === 'visible') listener();
  };
  const events = ['focus', 'pageshow', 'pointerdown', 'keydown'] as const;
  document.addEventListener('visibilitychange', whenVisible);
  for (const event of events) addEventListener(event, whenVisible);
  return () => {
    document.removeEventListener('visibilitychange', whenVisible);
    for (const event of events) removeEventListener(event, whenVisible);
  };
};
