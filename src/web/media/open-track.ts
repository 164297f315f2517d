import type { OpenDevice } from './device-changes.ts';
import type { Facing } from './devices.ts';

/** Milliseconds without sound or picture before it counts as paused: a headset that changes its profile takes a second. */
const PAUSED_MS = 1_500;

/** What can happen to an open track from outside. */
interface TrackEvents {
  /** The device was unplugged, or another program took it. */
  readonly onEnded: () => void;
  /** The device stopped or resumed delivering, for example during a phone call or with the lid closed. */
  readonly onPaused: (paused: boolean) => void;
}

export function watchTrack(track: MediaStreamTrack, { onEnded, onPaused }: TrackEvents): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onMute = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Another track is in use by now if this one has lost its listeners.
      if (track.muted && track.onmute === onMute) onPaused(true);
    }, PAUSED_MS);
  };
  track.onended = onEnded;
  track.onmute = onMute;
  track.onunmute = () => {
    clearTimeout(timer);
    onPaused(false);
  };
  if (track.muted) onMute();
}

/** Stops a capture and its events: an end that the page caused is not news. */
export function endTrack(track: MediaStreamTrack): void {
  track.onended = null;
  track.onmute = null;
  track.onunmute = null;
  track.stop();
}

/** @throws TypeError if the stream is empty */
export function onlyTrackOf(stream: MediaStream): MediaStreamTrack {
  const [track] = stream.getTracks();
  if (track === undefined) throw new TypeError('A stream without a track.');
  return track;
}

/** Returns the track's device, and where its camera points. */
export function originOf(track: MediaStreamTrack): OpenDevice & { readonly facing: Facing | null } {
  // Embedded browsers may lack `getSettings`.
  const { deviceId = '', facingMode } = track.getSettings?.() ?? {};
  return {
    id: deviceId,
    label: track.label ?? '',
    facing: facingMode === 'user' || facingMode === 'environment' ? facingMode : null,
  };
}

/**
 * Calls back when the person grants a permission in the browser's settings.
 * @param permissions undefined if the browser has no Permissions API
 */
export function watchPermissions<Kind extends 'camera' | 'microphone'>(
  permissions: Pick<Permissions, 'query'> | undefined,
  kinds: readonly Kind[],
  onGranted: (kind: Kind) => void,
): () => void {
  let watching = true;
  const watched: PermissionStatus[] = [];
  async function watch(kind: Kind): Promise<void> {
    const status = await permissions?.query({ name: kind });
    if (status === undefined || !watching) return;
    watched.push(status);
    status.onchange = () => {
      if (status.state === 'granted') onGranted(kind);
    };
  }
  // Browsers reject permission names they don't know. The person can still press "Try again".
  for (const kind of kinds) watch(kind).catch(() => {});
  return () => {
    watching = false;
    for (const status of watched) status.onchange = null;
  };
}
