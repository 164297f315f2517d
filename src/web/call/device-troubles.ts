import { computed, effect, type ReadonlySignal } from '@preact/signals';
import type { DeviceManager } from '../media/device-manager.ts';
import { CAPTURED_KINDS, type CapturedKind } from '../media/devices.ts';
import { onPageShown, type Subscribe } from '../media/page-activity.ts';
import { startOptional } from '../optional-features.ts';

/**
 * A device that the person wants on and that stopped working. `lost`: it went away and no other could be opened.
 * `paused`: the system withholds it (a phone call, a closed lid, a switch on the device).
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

/** Calls back when the browser replaced a device that went away. */
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
 * Reopens lost devices when the person returns to the page. Phones take camera and microphone away for a phone call or
 * another app, and give them back only on request.
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
