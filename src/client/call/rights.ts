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
