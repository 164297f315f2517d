import type { MediaState } from '../../protocol/fields.ts';
import type { SendKind } from '../../protocol/room-fields.ts';
import type { TrackKind } from '../types.ts';

/** The right that each kind of track needs. */
export const RIGHT_OF: Readonly<Record<TrackKind, SendKind>> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'screen',
  screenAudio: 'screen',
};

const MEDIA_OF: Readonly<Record<TrackKind, 'audio' | 'video'>> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  screenAudio: 'audio',
};

/** What somebody sends who says that it sends `media`, and may send `send`. */
export function permittedMedia(media: MediaState, send: readonly SendKind[]): MediaState {
  return {
    audio: media.audio && send.includes('audio'),
    video: media.video && send.includes('video'),
    screen: media.screen && send.includes('screen'),
  };
}

/**
 * Leaves out the tracks of a peer that it may not send, and those that it declares as another kind than they are: a peer
 * without the right `audio` must not be heard by way of its "camera".
 */
export function permittedTracks(
  tracks: ReadonlyMap<TrackKind, MediaStreamTrack>,
  send: readonly SendKind[],
): ReadonlyMap<TrackKind, MediaStreamTrack> {
  return new Map(
    [...tracks].filter(([kind, track]) => send.includes(RIGHT_OF[kind]) && track.kind === MEDIA_OF[kind]),
  );
}

/**
 * The tracks of a peer that are shown: without what it may not send, and without the camera of a peer that sends no picture, as
 * its m-line is always open and would show black. Peers without this SDK need not say what they send: if they say nothing, all of
 * it is shown.
 */
export function shownTracks(
  tracks: ReadonlyMap<TrackKind, MediaStreamTrack>,
  { media, send }: { readonly media: MediaState; readonly send: readonly SendKind[] },
  hasSdk: boolean,
): ReadonlyMap<TrackKind, MediaStreamTrack> {
  const permitted = permittedTracks(tracks, send);
  const saysNothing = !hasSdk && !Object.values(media).includes(true);
  if (media.video || saysNothing) return permitted;
  return new Map([...permitted].filter(([kind]) => kind !== 'camera'));
}
