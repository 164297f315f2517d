import {
  LIMITS,
  type PictureKind,
  type Quality,
  type RemotePeer,
  type Rights,
  type SendKind,
} from '../../client/index.ts';
import { cutText } from '../graphemes.ts';
import { isHeard, type Source } from '../media/devices.ts';
import { isPictureAddress } from '../picture-address.ts';

/**
 * The connection problem shown on a tile. `suspended` is about the peer's connection to the server, the others are
 * about the media path to the peer. `unanswered`: the peer has not answered for so long that it may never do.
 */
export type Problem = 'connecting' | 'unanswered' | 'disconnected' | 'failed' | 'suspended';

/** A person as shown on a tile. */
export interface PersonView {
  readonly key: string;
  readonly peerId: string;
  /** '' if the person has none. */
  readonly name: string;
  /** URL of the person's picture; null if it isn't known. */
  readonly picture: string | null;
  readonly isSelf: boolean;
  readonly host: boolean;
  /** Who owns the room is host for good. */
  readonly isOwner: boolean;
  /** What the person may send. */
  readonly send: readonly SendKind[];
  readonly muted: boolean;
  readonly speaking: boolean;
  readonly problem: Problem | null;
  readonly camera: MediaStreamTrack | null;
  readonly microphone: MediaStreamTrack | null;
  readonly screen: MediaStreamTrack | null;
  readonly screenAudio: MediaStreamTrack | null;
  /** How good what comes in from the person is; null if it isn't known, and for oneself. */
  readonly quality: Quality | null;
  /** Which pictures the person has stopped sending because their line is too slow. */
  readonly held: Readonly<Record<PictureKind, boolean>>;
  /** When the person raised a hand (ISO 8601); null while it is down. */
  readonly hand: string | null;
}

/**
 * @param overdue the peer has not answered in time
 * @param ownerId the user who owns the room
 */
export function personOf(peer: RemotePeer, overdue = false, ownerId: string | null = null): PersonView {
  return {
    key: peer.key,
    peerId: peer.peerId,
    name: nameOf(peer),
    picture: pictureOf(peer),
    isSelf: false,
    host: peer.host,
    isOwner: peer.userId === ownerId,
    send: peer.send,
    muted: !peer.media.audio,
    speaking: peer.speaking && peer.media.audio,
    problem: problemOf(peer, overdue),
    camera: peer.media.video ? peer.camera : null,
    microphone: peer.microphone,
    screen: peer.media.screen ? peer.screen : null,
    screenAudio: peer.screenAudio,
    quality: peer.quality,
    held: peer.held,
    hand: peer.hand,
  };
}

const NOTHING_HELD = { camera: false, screen: false };

interface SelfState {
  readonly rights: Rights;
  readonly peerId: string;
  readonly name: string;
  readonly picture: string | null;
  readonly camera: Source;
  readonly microphone: Source;
  readonly speaking: boolean;
  readonly screen: MediaStreamTrack | null;
  readonly hand: string | null;
}

export function selfOf({
  rights,
  peerId,
  name,
  picture,
  camera,
  microphone,
  speaking,
  screen,
  hand,
}: SelfState): PersonView {
  const muted = !isHeard(microphone);
  return {
    key: 'self',
    peerId,
    name,
    picture,
    isSelf: true,
    host: rights.host,
    isOwner: false,
    send: rights.send,
    muted,
    speaking: speaking && !muted,
    problem: null,
    camera: camera.track,
    microphone: null,
    screen,
    screenAudio: null,
    quality: null,
    held: NOTHING_HELD,
    hand,
  };
}

/** Returns the name entered for this call, else the account's. Peers choose it, so it is cut to a safe length. */
export function nameOf(peer: Pick<RemotePeer, 'userInfo' | 'displayName' | 'username'>): string {
  const entered = isNamed(peer.userInfo) ? peer.userInfo.name.trim() : '';
  return cutText(entered || peer.displayName || peer.username || '', LIMITS.displayName.max);
}

function isNamed(info: unknown): info is { readonly name: string } {
  return typeof info === 'object' && info !== null && 'name' in info && typeof info.name === 'string';
}

/** What this page tells the others' pages. The picture is part of it because guests may not look users up. */
export function userInfoOf(name: string, picture: string | null): { name: string; picture?: string } {
  const info = { name, ...(picture === null ? {} : { picture }) };
  // Escaped in JSON, an odd address may be twice as long.
  return JSON.stringify(info).length > LIMITS.userInfo.max ? { name } : info;
}

/** Returns the picture of `userInfo`; null if there is none, or one that the page wouldn't load. */
export function pictureOf({ userInfo }: Pick<RemotePeer, 'userInfo'>): string | null {
  if (typeof userInfo !== 'object' || userInfo === null || !('picture' in userInfo)) return null;
  const { picture } = userInfo;
  return typeof picture === 'string' && isPictureAddress(picture) ? picture : null;
}

function problemOf({ connectionState, state }: RemotePeer, overdue: boolean): Problem | null {
  if (connectionState === 'connecting' && overdue) return 'unanswered';
  if (connectionState !== 'connected') return connectionState;
  return state === 'suspended' ? 'suspended' : null;
}
