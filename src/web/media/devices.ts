/**
 * Why there is no picture or sound from a device. `insecure`: the page was not opened by https. `unsuitable`: the
 * device is there and can't give what a call needs.
 */
export type Trouble = 'denied' | 'missing' | 'busy' | 'failed' | 'insecure' | 'unsuitable';

/** One camera or microphone, as this page uses it. `on`: wanted by the person. */
export interface Source {
  readonly on: boolean;
  readonly state: 'idle' | 'starting' | 'live' | Trouble;
  /** There exactly when `state` is `live`. */
  readonly track: MediaStreamTrack | null;
}

export const CAPTURED_KINDS = ['camera', 'microphone'] as const;

/** Whether it may help to ask for the device again after the browser's list of devices has changed. */
export function isCurable({ state }: Source): boolean {
  return state === 'missing' || state === 'busy' || state === 'failed' || state === 'unsuitable';
}

/** Whether a device was asked for and not given: the person comes in without it. */
export function isLacking({ state }: Source): boolean {
  return state !== 'live' && state !== 'starting' && state !== 'idle';
}

/** Whether others hear, or would hear, this microphone. */
export function isHeard(microphone: Source): boolean {
  return microphone.on && microphone.track !== null;
}

export type CapturedKind = 'camera' | 'microphone';

/**
 * How a device that was opened fares. `paused`: the system holds it back; `lost`: it went away by itself and no other
 * could be opened; `replaced`: it went away by itself and the browser gave another one.
 */
export type Health = 'fine' | 'paused' | 'lost' | 'replaced';

export type DeviceKind = CapturedKind | 'speaker';

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
  switch (nameOf(thrown)) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
      return 'missing';
    case 'OverconstrainedError':
      return 'unsuitable';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

/** Older browsers throw an OverconstrainedError that is no `Error`. */
function nameOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown ? thrown.name : '';
}

/** Which way a phone's camera looks: at the person, or away. */
export type Facing = 'user' | 'environment';

/** @param id the device that is wanted; '' leaves the choice to the browser, which also steps in where it is gone */
export function constraintsFor(
  kind: 'camera' | 'microphone',
  id: string,
  facing: Facing | null = null,
): MediaTrackConstraints {
  const device: MediaTrackConstraints = id === '' ? {} : { deviceId: { ideal: id } };
  if (kind === 'microphone') {
    return { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  }
  // In a mesh everybody sends to everybody: 720p at 30 is the most that eight people's uplinks carry.
  const towards = facing === null ? {} : { facingMode: { ideal: facing } };
  return {
    ...device,
    ...towards,
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30, max: 30 },
  };
}
