import { ParleyClientError } from './errors.ts';

/** A device to open, with the browser's default or by constraints; a track that is open already; or none. */
export type DeviceChoice = boolean | MediaTrackConstraints | MediaStreamTrack | null | undefined;

export interface OpenDevices {
  readonly tracks: {
    readonly camera: MediaStreamTrack | null;
    readonly microphone: MediaStreamTrack | null;
  };
  /** Whether the SDK has opened it: other tracks are their owner's to look after. */
  isOurs(kind: 'camera' | 'microphone'): boolean;
  /** Opens a device once more, by the same choice. @throws as `openDevices` */
  reopen(kind: 'camera' | 'microphone'): Promise<MediaStreamTrack | null>;
  /** Stops the tracks that were opened here; those that came open stay their owner's. */
  stop(): void;
}

/** @throws ParleyClientError `unsupported` without access to devices, `media_failed` if one can't be opened */
export async function openDevices(choices: {
  readonly camera?: DeviceChoice;
  readonly microphone?: DeviceChoice;
}): Promise<OpenDevices> {
  const video = wanted(choices.camera);
  const audio = wanted(choices.microphone);
  const opened = video === false && audio === false ? [] : await capture({ audio, video });
  const find = (kind: string, choice: DeviceChoice): MediaStreamTrack | null =>
    isTrack(choice) ? choice : (opened.find((track) => track.kind === kind) ?? null);
  const constraints = { camera: video, microphone: audio };
  return {
    isOurs: (kind) => constraints[kind] !== false,
    async reopen(kind) {
      const wanted = kind === 'camera' ? { video } : { audio };
      const [track = null] = await capture(wanted);
      if (track !== null) opened.push(track);
      return track;
    },
    tracks: { camera: find('video', choices.camera), microphone: find('audio', choices.microphone) },
    stop: () => {
      for (const track of opened) track.stop();
    },
  };
}

async function capture(constraints: MediaStreamConstraints): Promise<MediaStreamTrack[]> {
  // Only pages by https and of localhost have devices.
  const devices = globalThis.navigator?.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) {
    throw new ParleyClientError(
      'unsupported',
      'This page has no access to camera and microphone. Open it by https, or on localhost; in a frame, allow them.',
    );
  }
  try {
    return (await devices.getUserMedia(constraints)).getTracks();
  } catch (cause) {
    throw new ParleyClientError(
      'media_failed',
      'Camera or microphone could not be opened. Allow them, check that they are there, or join without.',
      { cause },
    );
  }
}

function wanted(choice: DeviceChoice): boolean | MediaTrackConstraints {
  return choice == null || isTrack(choice) ? false : choice;
}

function isTrack(choice: DeviceChoice): choice is MediaStreamTrack {
  return typeof MediaStreamTrack === 'function' && choice instanceof MediaStreamTrack;
}
