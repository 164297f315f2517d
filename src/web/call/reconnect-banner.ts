import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../../client/index.ts';

/** Grace period (ms) before the "reconnecting" banner appears. */
export const BANNER_AFTER_MS = 1_000;

/** Whether the connection to the server has been lost for `BANNER_AFTER_MS`. */
export interface ReconnectBanner {
  readonly isShown: ReadonlySignal<boolean>;
  close(): void;
}

/** @param onBack the connection is back. `wasShown`: the banner was shown meanwhile */
export function createReconnectBanner(client: Client, onBack: (wasShown: boolean) => void): ReconnectBanner {
  const isShown = signal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const off = client.on('state', (state) => {
    clearTimeout(timer);
    if (state === 'reconnecting') {
      timer = setTimeout(() => {
        isShown.value = true;
      }, BANNER_AFTER_MS);
      return;
    }
    const wasShown = isShown.peek();
    isShown.value = false;
    onBack(wasShown && state === 'live');
  });
  return {
    isShown,
    close() {
      clearTimeout(timer);
      off();
    },
  };
}
