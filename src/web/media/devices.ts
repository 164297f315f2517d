/** Why there is no picture or sound from a device. `insecure`: the page was not opened by https. */
export type Trouble = 'denied' | 'missing' | 'busy' | 'failed' | 'insecure';

/** One camera or microphone, as this page uses it. `on`: wanted by the person. */
export interface Source {
  readonly on: boolean;
  readonly state: 'idle' | 'starting' | 'live' | Trouble;
  /** There exactly when `state` is `live`. */
  readonly track: MediaStreamTrack | null;
}

/** Whether others hear, or would hear, this microphone. */
export function isHeard(microphone: Source): boolean {
  return microphone.on && microphone.track !== null;
}

export type DeviceKind = 'camera' | 'microphone' | 'speaker';

export interface DeviceChoice {
  readonly id: string;
  /** '' until the browser lets the page know names. */
  readonly label: string;
}

export type DeviceChoices = Readonly<Record<DeviceKind, readonly DeviceChoice[]>>;

export const NO_DEVICES: DeviceChoices = { camera: [], microphone: [], speaker: [] };

const KINDS = { videoinput: 'camera', audioinput: 'microphone', audiooutput: 'speaker' } as const;

/** @returns the devices by kind; those without an id (no permission yet) are left out, they can't be chosen */
export function choicesOf(
  devices: readonly Pick<MediaDeviceInfo, 'deviceId' | 'kind' | 'label'>[],
): DeviceChoices {
  const choices: Record<DeviceKind, DeviceChoice[]> = { camera: [], microphone: [], speaker: [] };
  for (const { deviceId, kind, label } of devices) {
    if (deviceId !== '') choices[KINDS[kind]].push({ id: deviceId, label });
  }
  return choices;
}

/** @param thrown what `getUserMedia` rejected with; names by Media Capture and Streams, section 10.2 */
export function troubleOf(thrown: unknown): Trouble {
  switch (thrown instanceof Error ? thrown.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

/** @param id the device that is wanted; '' leaves the choice to the browser, which also steps in where it is gone */
export function constraintsFor(kind: 'camera' | 'microphone', id: string): MediaTrackConstraints {
  const device: MediaTrackConstraints = id === '' ? {} : { deviceId: { ideal: id } };
  if (kind === 'microphone') {
    return { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  }
  // In a mesh everybody sends to everybody: 720p at 30 is the most that eight people's uplinks carry.
  return { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
}
