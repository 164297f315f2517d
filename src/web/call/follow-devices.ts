import { computed, effect } from '@preact/signals';
import { type Call, ParleyClientError } from '../../client/index.ts';
import { type CapturedKind, isHeard } from '../media/devices.ts';
import type { LocalMedia } from '../media/local-media.ts';

/**
 * Sends whatever camera and microphone are open, and tells the others when the microphone is muted.
 * @param onUnsent a device is open, and somebody does not get it
 */
export function followDevices(
  call: Call,
  media: LocalMedia,
  onUnsent: (kind: CapturedKind) => void,
): () => void {
  const camera = computed(() => media.camera.value.track);
  const microphone = computed(() => media.microphone.value.track);
  const heard = computed(() => isHeard(media.microphone.value));
  const failed = (kind: CapturedKind) => (error: unknown) => {
    if (!(error instanceof ParleyClientError && error.code === 'closed')) onUnsent(kind);
  };
  const undo = [
    effect(() => void call.setCamera(camera.value).catch(failed('camera'))),
    effect(() => void call.setMicrophone(microphone.value).catch(failed('microphone'))),
    effect(() => call.setMuted({ audio: !heard.value })),
  ];
  return () => {
    for (const off of undo) off();
  };
}
