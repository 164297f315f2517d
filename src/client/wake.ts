/**
 * Calls `wake` when the network or the machine comes back. `moved`: packets may have to take another path from now on.
 * @returns how to stop that
 */
export function onWake(wake: (moved: boolean) => void): () => void {
  if (typeof window === 'undefined') return () => {};
  const page = new AbortController();
  const { signal } = page;
  // `offline` too: the line is tried, and left at once if it is dead, so that the return is quick.
  for (const event of ['offline', 'pageshow']) window.addEventListener(event, () => wake(false), { signal });
  window.addEventListener('online', () => wake(true), { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wake(false), {
    signal,
  });
  // From Wi-Fi to mobile without a moment offline. Chromium has it; elsewhere `online` has to do.
  const connection = 'connection' in navigator ? navigator.connection : undefined;
  if (connection instanceof EventTarget) connection.addEventListener('change', () => wake(true), { signal });
  return () => page.abort();
}
