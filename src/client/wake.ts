/** Calls `wake` when the network or the machine comes back. @returns how to stop that */
export function onWake(wake: () => void): () => void {
  if (typeof window === 'undefined') return () => {};
  const shown = () => {
    if (document.visibilityState === 'visible') wake();
  };
  // `offline` too: the line is tried, and left at once if it is dead, so that the return is quick.
  for (const event of ['online', 'offline', 'pageshow']) window.addEventListener(event, wake);
  document.addEventListener('visibilitychange', shown);
  return () => {
    for (const event of ['online', 'offline', 'pageshow']) window.removeEventListener(event, wake);
    document.removeEventListener('visibilitychange', shown);
  };
}
