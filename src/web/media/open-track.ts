import type { Facing } from './devices.ts';

/** What the system does to a track that is open. */
interface TrackEvents {
  /** The device was unplugged, or taken away for good. */
  readonly onEnded: () => void;
  /** The device gives nothing for now (a phone call, a closed lid), or gives again. */
  readonly onPaused: (paused: boolean) => void;
}

export function watchTrack(track: MediaStreamTrack, { onEnded, onPaused }: TrackEvents): void {
  track.onended = onEnded;
  track.onmute = () => onPaused(true);
  track.onunmute = () => onPaused(false);
}

/** Stops a capture, and hears no more of it: its end is our own doing. */
export function endTrack(track: MediaStreamTrack): void {
  track.onended = null;
  track.onmute = null;
  track.onunmute = null;
  track.stop();
}

/** @throws TypeError if the browser gave a stream of nothing */
export function onlyTrackOf(stream: MediaStream): MediaStreamTrack {
  const [track] = stream.getTracks();
  if (track === undefined) throw new TypeError('A stream without a track.');
  return track;
}

/** Which device a track comes from ('' if unknown), and which way a camera looks. */
export function originOf(track: MediaStreamTrack): { id: string; facing: Facing | null } {
  // Embedded browsers may lack it.
  const { deviceId = '', facingMode } = track.getSettings?.() ?? {};
  return { id: deviceId, facing: facingMode === 'user' || facingMode === 'environment' ? facingMode : null };
}

/**
 * Calls back when the person has allowed a device in the browser's own settings.
 * @param permissions undefined if the browser tells nothing of permissions
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
  // A browser that doesn't know the name of a permission throws: «Try again» is left.
  for (const kind of kinds) watch(kind).catch(() => {});
  return () => {
    watching = false;
    for (const status of watched) status.onchange = null;
  };
}
