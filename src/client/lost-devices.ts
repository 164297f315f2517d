import type { OpenDevices } from './open-devices.ts';
import type { Devices, JoinCallOptions } from './types.ts';

const KINDS = ['camera', 'microphone'] as const;

/** Times that a device is opened again in a call: one that can't be kept isn't opened over and over. */
const TIMES_MOST = 10;

/**
 * Looks after devices that the SDK has opened: if one goes away, it opens what the browser has in its place, sends it, and
 * reports the loss. Returns a function that ends it.
 */
export function replaceLostDevices(
  call: Pick<Devices, 'setCamera' | 'setMicrophone'>,
  devices: OpenDevices,
  onDeviceLost: JoinCallOptions['onDeviceLost'] = () => {},
): () => void {
  let over = false;
  const times = { camera: 0, microphone: 0 };

  function watch(kind: (typeof KINDS)[number], track: MediaStreamTrack | null): void {
    // Browsers tell only of an end that the page has not caused.
    track?.addEventListener('ended', () => void replace(kind), { once: true });
  }

  async function replace(kind: (typeof KINDS)[number]): Promise<void> {
    if (over) return;
    times[kind] += 1;
    const track = times[kind] > TIMES_MOST ? null : await devices.reopen(kind).catch(() => null);
    if (over) {
      track?.stop();
      return;
    }
    watch(kind, track);
    const send = kind === 'camera' ? call.setCamera : call.setMicrophone;
    // A peer that can't be sent it is named by an `error` event.
    await send(track).catch(() => {});
    if (!over) onDeviceLost(kind, track !== null);
  }

  for (const kind of KINDS) if (devices.isOurs(kind)) watch(kind, devices.tracks[kind]);
  return () => {
    over = true;
  };
}
