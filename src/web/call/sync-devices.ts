import { computed, effect } from '@preact/signals';
import { type Devices, ParleyClientError } from '../../client/index.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import { type CapturedKind, isHeard } from '../media/devices.ts';

/**
 * Keeps the call, or the place in the line before it, in step with the person's devices: sends the open camera and microphone, and mutes the microphone. The
 * SDK is the only one that writes `track.enabled`.
 * @param onUnsent called if an open device can't be sent to everyone
 */
export function syncDevices(
  call: Devices,
  devices: DeviceManager,
  onUnsent: (kind: CapturedKind) => void,
): () => void {
  const camera = computed(() => devices.camera.value.track);
  const microphone = computed(() => devices.microphone.value.track);
  const heard = computed(() => isHeard(devices.microphone.value));
  const failed = (kind: CapturedKind) => (error: unknown) => {
    if (!(error instanceof ParleyClientError && error.code === 'closed')) onUnsent(kind);
  };
  const undo = [
    // First, so that a muted microphone is never sent as if it were on.
    effect(() => call.setMuted({ audio: !heard.value })),
    effect(() => void call.setCamera(camera.value).catch(failed('camera'))),
    effect(() => void call.setMicrophone(microphone.value).catch(failed('microphone'))),
  ];
  return () => {
    for (const off of undo) off();
  };
}
