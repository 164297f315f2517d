import { LIMITS, type RemotePeer } from '../../client/index.ts';
import { graphemesOf } from '../graphemes.ts';
import { isHeard, type Source } from '../media/devices.ts';

/**
 * What troubles a person's tile. `suspended`: their connection to the server; the others: the media path to them.
 * `unanswered`: they have not answered for so long that they may never do.
 */
export type Problem = 'connecting' | 'unanswered' | 'disconnected' | 'failed' | 'suspended';

/** One person as a tile shows them. */
export interface PersonView {
  readonly key: string;
  readonly peerId: string;
  /** '' where the person gave none. */
  readonly name: string;
  readonly isSelf: boolean;
  readonly muted: boolean;
  readonly speaking: boolean;
  readonly problem: Problem | null;
  readonly camera: MediaStreamTrack | null;
  readonly microphone: MediaStreamTrack | null;
  readonly screen: MediaStreamTrack | null;
  readonly screenAudio: MediaStreamTrack | null;
}

/** UTF-16 units shown of a name: 64 characters may have any number of combining marks. */
const NAME_UNITS = 512;

/** @param overdue the connection has been starting for too long */
export function personOf(peer: RemotePeer, overdue = false): PersonView {
  return {
    key: peer.key,
    peerId: peer.peerId,
    name: nameOf(peer),
    isSelf: false,
    muted: !peer.media.audio,
    speaking: peer.speaking && peer.media.audio,
    problem: problemOf(peer, overdue),
    camera: peer.media.video ? peer.camera : null,
    microphone: peer.microphone,
    screen: peer.media.screen ? peer.screen : null,
    screenAudio: peer.screenAudio,
  };
}

interface SelfState {
  readonly peerId: string;
  readonly name: string;
  readonly camera: Source;
  readonly microphone: Source;
  readonly speaking: boolean;
  readonly screen: MediaStreamTrack | null;
}

export function selfOf({ peerId, name, camera, microphone, speaking, screen }: SelfState): PersonView {
  const muted = !isHeard(microphone);
  return {
    key: 'self',
    peerId,
    name,
    isSelf: true,
    muted,
    speaking: speaking && !muted,
    problem: null,
    camera: camera.track,
    microphone: null,
    screen,
    screenAudio: null,
  };
}

/** The name that the person entered for this call; else that of the account. Others wrote it: cut, never trusted. */
export function nameOf(peer: Pick<RemotePeer, 'userInfo' | 'displayName' | 'username'>): string {
  const entered = isNamed(peer.userInfo) ? peer.userInfo.name.trim() : '';
  return firstCharacters(entered || peer.displayName || peer.username || '');
}

/** Cuts between characters: an emoji of seven code points stays whole or goes, and no mark outnumbers its letter. */
function firstCharacters(text: string): string {
  if (text.length <= LIMITS.displayName.max) return text;
  let shown = '';
  let count = 0;
  for (const segment of graphemesOf(text.slice(0, NAME_UNITS * 2))) {
    if (count === LIMITS.displayName.max || shown.length + segment.length > NAME_UNITS) break;
    shown += segment;
    count += 1;
  }
  return shown;
}

function isNamed(info: unknown): info is { readonly name: string } {
  return typeof info === 'object' && info !== null && 'name' in info && typeof info.name === 'string';
}

function problemOf({ connectionState, state }: RemotePeer, overdue: boolean): Problem | null {
  if (connectionState === 'connecting' && overdue) return 'unanswered';
  if (connectionState !== 'connected') return connectionState;
  return state === 'suspended' ? 'suspended' : null;
}
