/**
 * Calls `wake` when the network or the machine comes back. `moved`: packets may have to take another path now.
 * Returns a function that stops it.
 */
export function onWake(wake: (moved: boolean) => void): () => void {
  if (typeof window === 'undefined') return () => {};
  const page = new AbortController();
  const { signal } = page;
  // `offline` too: it makes the session probe its connection, and leave a dead one at once.
  for (const event of ['offline', 'pageshow']) window.addEventListener(event, () => wake(false), { signal });
  window.addEventListener('online', () => wake(true), { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wake(false), {
    signal,
  });
  // A phone may change from Wi-Fi to mobile without going offline. Only Chromium reports that; elsewhere `online` must do.
  const connection = 'connection' in navigator ? navigator.connection : undefined;
  if (connection instanceof EventTarget) {
    let type = typeOf(connection);
    const change = (): void => {
      const before = type;
      type = typeOf(connection);
      // The event also tells of a new estimate of the speed, which happens without a change of the network.
      wake(type !== before);
    };
    connection.addEventListener('change', change, { signal });
  }
  return () => page.abort();
}

/** Calls once when the page goes, if there is one; the returned function takes it back. */
export function onGone(gone: () => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  globalThis.addEventListener('pagehide', gone, { once: true });
  return () => globalThis.removeEventListener('pagehide', gone);
}

/** Such as `wifi` or `cellular`; undefined on desktops. */
function typeOf(connection: EventTarget): unknown {
  return 'type' in connection ? connection.type : undefined;
}
