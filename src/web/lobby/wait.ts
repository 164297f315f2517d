import { type ReadonlySignal, signal } from '@preact/signals';
import type { Client, Waiting } from '../../client/index.ts';
import { syncDevices } from '../call/sync-devices.ts';
import type { DeviceManager } from '../media/device-manager.ts';

/** This person's wait to be let in. */
export interface Wait {
  /** Monotonic milliseconds at which it began. */
  readonly since: number;
  /** The connection is lost; the place in the line is kept. */
  readonly reconnecting: ReadonlySignal<boolean>;
  /** Whether the person has given up. */
  readonly left: ReadonlySignal<boolean>;
  /** A place in the line, the first or another after the session was lost. */
  goOn(waiting: Waiting): void;
  leave(): void;
  /** Ends what the wait does beside waiting. */
  close(): void;
}

interface WaitOptions {
  readonly client: Client;
  readonly devices: DeviceManager;
  readonly now?: () => number;
}

/** Keeps the place in the line in step with the devices, so that whoever is let in is seen and heard as in the preview. */
export function createWait({ client, devices, now = () => performance.now() }: WaitOptions): Wait {
  const reconnecting = signal(client.state === 'reconnecting');
  const left = signal(false);
  let place: Waiting | null = null;
  let stopSyncing = () => {};
  const off = client.on('state', (state) => {
    reconnecting.value = state === 'reconnecting';
  });
  return {
    since: now(),
    reconnecting,
    left,
    goOn(waiting) {
      stopSyncing();
      place = waiting;
      // Nothing is sent yet, so nothing can fail to be sent.
      stopSyncing = syncDevices(waiting, devices, () => {});
    },
    leave() {
      left.value = true;
      // If the server can't be reached, closing the session ends the wait as well.
      place?.leave().catch(() => client.close());
    },
    close() {
      stopSyncing();
      off();
    },
  };
}
