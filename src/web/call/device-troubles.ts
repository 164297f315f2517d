import { computed, effect, type ReadonlySignal } from '@preact/signals';
import type { DeviceManager } from '../media/device-manager.ts';
import { CAPTURED_KINDS, type CapturedKind } from '../media/devices.ts';
import { onPageShown, type Subscribe } from '../media/page-activity.ts';
import { startOptional } from '../optional-features.ts';

/**
 * A device that worked and does not any more, though it is wanted. `lost`: it is gone and no other could be opened;
 * `paused`: the system holds it back (a phone call, a closed lid, a switch on the device).
 */
export interface DeviceTrouble {
  readonly kind: CapturedKind;
  readonly how: 'lost' | 'paused';
}

export function troublesOf(devices: DeviceManager): ReadonlySignal<readonly DeviceTrouble[]> {
  return computed(() =>
    CAPTURED_KINDS.flatMap((kind): DeviceTrouble[] => {
      const how = devices.health[kind].value;
      const wanted = devices[kind].value.on;
      return wanted && (how === 'lost' || how === 'paused') ? [{ kind, how }] : [];
    }),
  );
}

/** Calls back when a device went away by itself and the browser has put another one in its place. */
export function watchReplacements(
  devices: DeviceManager,
  onReplaced: (kind: CapturedKind) => void,
): () => void {
  const undo = CAPTURED_KINDS.map((kind) =>
    effect(() => {
      if (devices.health[kind].value === 'replaced') onReplaced(kind);
    }),
  );
  return () => {
    for (const off of undo) off();
  };
}

/**
 * Asks again for what was lost when the person comes back: phones take camera and microphone away for a phone call or
 * another app, and give them back on request.
 */
export function reopenLostDevices(devices: DeviceManager, subscribe: Subscribe = onPageShown): () => void {
  return startOptional(() =>
    subscribe(() => {
      for (const { kind, how } of troublesOf(devices).peek()) {
        if (how !== 'lost') continue;
        void (kind === 'camera' ? devices.setCamera(true) : devices.setMicrophone(true));
      }
    }),
  );
}
