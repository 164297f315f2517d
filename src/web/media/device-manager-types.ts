import type { ReadonlySignal } from '@preact/signals';
import type { Prefs } from '../prefs.ts';
import type { CapturedKind, DeviceChoices, DeviceKind, Facing, Health, Source } from './devices.ts';

/** The person's camera, microphone and speaker. Owns their tracks from the lobby to the end of the call. */
export interface DeviceManager {
  readonly camera: ReadonlySignal<Source>;
  readonly microphone: ReadonlySignal<Source>;
  readonly choices: ReadonlySignal<DeviceChoices>;
  /** Ids of the chosen devices; '' for the system default. */
  readonly chosen: Readonly<Record<DeviceKind, ReadonlySignal<string>>>;
  /** Id of the speaker to play on: the chosen one, or '' while it is unplugged. */
  readonly speaker: ReadonlySignal<string>;
  /** Ids of the devices in use, or used last; '' if none was. */
  readonly used: Readonly<Record<CapturedKind, ReadonlySignal<string>>>;
  readonly health: Readonly<Record<CapturedKind, ReadonlySignal<Health>>>;
  /** Where the open camera points; null if it doesn't tell, as on a desktop. */
  readonly facing: ReadonlySignal<Facing | null>;
  /** Opens camera and microphone with one prompt; if that fails, each on its own. */
  start(): Promise<void>;
  /** Turning it off stops the camera, so that its light goes out. */
  setCamera(on: boolean): Promise<void>;
  /** Turning it off keeps the microphone open, so that it is back at once. The SDK silences it in a call. */
  setMicrophone(on: boolean): Promise<void>;
  choose(kind: DeviceKind, id: string): Promise<void>;
  /** Switches between a phone's front and back camera. */
  flipCamera(): Promise<void>;
  /** Stops camera and microphone. `start` opens those again that are on. */
  stop(): void;
  close(): void;
}

type Capture = Pick<
  MediaDevices,
  'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
>;

export interface DeviceManagerOptions {
  /** Undefined if the page is not in a secure context. */
  readonly capture: Capture | undefined;
  readonly prefs: Prefs;
  /** Undefined if the browser has no Permissions API. */
  readonly permissions?: Pick<Permissions, 'query'> | undefined;
  /** Milliseconds of any clock. */
  readonly now?: () => number;
}
