import type { TrackKind } from '../../types.ts';

/** What a track of each kind shows or carries (W3C mst-content-hint). A screen's sound may be anything. */
const HINTS: Readonly<Partial<Record<TrackKind, string>>> = {
  microphone: 'speech',
  camera: 'motion',
  screen: 'detail',
};

/** Tells the browser what the track is for, unless the application has said so itself. */
export function hint(track: MediaStreamTrack, kind: TrackKind): void {
  const wanted = HINTS[kind];
  if (wanted !== undefined && track.contentHint === '') track.contentHint = wanted;
}
