import type { SendKind } from '../../../client/index.ts';
import type { DeviceManager } from '../../media/device-manager.ts';

/**
 * Turns off the devices that this person may not send [RM6], so that the page shows what the others get. The SDK stops a
 * screen share by itself.
 */
export function obeyRights(
  send: readonly SendKind[],
  devices: Pick<DeviceManager, 'microphone' | 'camera' | 'setMicrophone' | 'setCamera'>,
  onBlocked: (notice: 'audioBlocked' | 'videoBlocked') => void,
): void {
  if (!send.includes('audio') && devices.microphone.peek().on) {
    void devices.setMicrophone(false);
    onBlocked('audioBlocked');
  }
  if (!send.includes('video') && devices.camera.peek().on) {
    void devices.setCamera(false);
    onBlocked('videoBlocked');
  }
}
