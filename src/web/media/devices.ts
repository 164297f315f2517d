/**
 * Why a device gives no picture or sound. `insecure`: the page was not opened over HTTPS. `unsuitable`: the device
 * can't provide what a call needs.
 */
export type Trouble = 'denied' | 'missing' | 'busy' | 'failed' | 'insecure' | 'unsuitable';

/** The state of the camera or the microphone. `on`: the person wants it on. */
export interface Source {
  readonly on: boolean;
  readonly state: 'idle' | 'starting' | 'live' | Trouble;
  /** Null unless `state` is `live`. */
  readonly track: MediaStreamTrack | null;
}

export const CAPTURED_KINDS = ['camera', 'microphone'] as const;

/** Whether a change in the list of devices may cure the trouble. */
export function isCurable({ state }: Source): boolean {
  return state === 'missing' || state === 'busy' || state === 'failed' || state === 'unsuitable';
}

/** Whether the device was requested and refused, so that the person would join without it. */
export function isLacking({ state }: Source): boolean {
  return state !== 'live' && state !== 'starting' && state !== 'idle';
}

/** Whether others can hear this microphone, in a call or once it starts. */
export function isHeard(microphone: Source): boolean {
  return microphone.on && microphone.track !== null;
}

export type CapturedKind = 'camera' | 'microphone';

/**
 * Why another device should be opened than the one in use. `returned`: the one that the person wants is plugged in again.
 * `followed`: the person leaves the choice to the system, which has another default now.
 */
export type DeviceNews = 'returned' | 'followed';

/**
 * The health of an opened device. `paused`: the system withholds it. `lost`: it went away and no other could be opened.
 * `replaced`: it went away and the browser opened another one. `returned`, `followed`: as in `DeviceNews`.
 */
export type Health = 'fine' | 'paused' | 'lost' | 'replaced' | DeviceNews;

export type DeviceKind = CapturedKind | 'speaker';

export interface DeviceChoice {
  readonly id: string;
  /** '' until the browser reveals device names. */
  readonly label: string;
}

export type DeviceChoices = Readonly<Record<DeviceKind, readonly DeviceChoice[]>>;

export const NO_DEVICES: DeviceChoices = { camera: [], microphone: [], speaker: [] };

const KINDS = { videoinput: 'camera', audioinput: 'microphone', audiooutput: 'speaker' } as const;

/** Returns the devices by kind, without those that have no id yet for lack of permission. */
export function choicesOf(
  devices: readonly Pick<MediaDeviceInfo, 'deviceId' | 'kind' | 'label'>[],
): DeviceChoices {
  const choices: Record<DeviceKind, DeviceChoice[]> = { camera: [], microphone: [], speaker: [] };
  for (const { deviceId, kind, label } of devices) {
    if (deviceId !== '') choices[KINDS[kind]].push({ id: deviceId, label });
  }
  return choices;
}

/** Maps a rejection of `getUserMedia` to its cause, by name (Media Capture and Streams, 10.2). */
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

/** In older browsers OverconstrainedError is not an `Error`. */
function nameOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown ? thrown.name : '';
}

/** Where a phone's camera points: at the person, or away. */
export type Facing = 'user' | 'environment';

/** @param id the preferred device; '' for the browser's choice, which is also the fallback if the device is gone */
export function constraintsFor(
  kind: 'camera' | 'microphone',
  id: string,
  facing: Facing | null = null,
): MediaTrackConstraints {
  const device: MediaTrackConstraints = id === '' ? {} : { deviceId: { ideal: id } };
  if (kind === 'microphone') {
    return { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  }
  // Everybody sends to everybody in a mesh: with eight people, uplinks carry at most 720p at 30 fps.
  const towards = facing === null ? {} : { facingMode: { ideal: facing } };
  return {
    ...device,
    ...towards,
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30, max: 30 },
  };
}
