import type { LeaveReason } from '../protocol/events.ts';
import type { MediaState } from '../protocol/fields.ts';
import type { Room } from '../protocol/room-fields.ts';
import type { Chat } from './chat-types.ts';
import type { SharedData } from './data-types.ts';
import type { Devices, Waiting } from './entry-types.ts';
import type { ParleyClientError } from './errors.ts';
import type { Hosts, Moderation } from './host-types.ts';
import type { Knocks } from './knock-types.ts';
import type { MeshEvents, MeshMedia } from './mesh-types.ts';
import type { Messenger, PeerMessage } from './message-types.ts';
import type { On, RemotePeer, Rights, WaitOptions } from './peer-types.ts';

/**
 * Why a call ended on this side. `left`: `leave()` or `close()` was called. `connection_lost`: the session ended and
 * this side could not come back. `replaced`: the same user went on in another session.
 */
export type EndReason = 'left' | 'kicked' | 'banned' | 'room_closed' | 'connection_lost' | 'replaced';

/** What `call.on` reports: each event with its arguments. */
export type CallEvents = MeshEvents & {
  /** Somebody came in. Whoever was inside before is in `peers` from the start. */
  peer: [peer: RemotePeer];
  /** Somebody left. `reason` is `replaced` if the same user came in again while this session was suspended. */
  peerleft: [peer: RemotePeer, reason: LeaveReason];
  /** The room was locked, unlocked or edited; `call.room` is already the new one. */
  room: [room: Room];
  /**
   * The room puts everybody out at this time; told five minutes and one minute ahead, and again if it is moved. Whoever comes
   * in later finds it in `call.room.expiresAt`, if `call.room.endAtExpiry`.
   * @example
   * call.on('ending', (at) => show(`The call ends at ${at.toLocaleTimeString()}.`));
   */
  ending: [at: Date];
  /**
   * A message of the backend's, by POST `/rooms/:roomId/messages`: any JSON, which you check before use. What was kept for
   * this user comes right after the entry: listen at once. What people say is in `call.chat`.
   * @example
   * const call = await client.join(roomId);
   * call.on('message', (data) => console.log(data));
   */
  message: [data: unknown];
  /** What this side sends has changed. */
  media: [media: MediaState];
  /** Somebody else is the loudest of the others now; undefined: nobody speaks. By the levels that the browser measures. */
  activespeaker: [peer: RemotePeer | undefined];
  /** A peer has sent a message by `call.send`. What all share is `call.data`, which has events of its own. */
  data: [message: PeerMessage];
  /** What this side may do has changed; what it may no longer send has been stopped and muted. */
  you: [you: Rights];
  /** A hand went up or down. `peer` is undefined for this side's own. */
  hand: [peer: RemotePeer | undefined, hand: string | null];
  /** Somebody reacts with an emoji, which is shown for a moment. `peer` is undefined for this side's own. */
  reaction: [emoji: string, peer: RemotePeer | undefined];
  /**
   * This side's session was lost, and a host must let it in again; undefined: it is in again. While `client.join` is under
   * way, `onWaiting` is called instead.
   */
  waiting: [waiting: Waiting | undefined];
  /** The call is over on this side. `error` has the details, unless it ended by `leave()`. */
  ended: [reason: EndReason, error: ParleyClientError | undefined];
  /** A moderator asks this side to stop sending a kind. The SDK does nothing: the application decides. */
  muterequest: [kind: keyof MediaState, from: RemotePeer | undefined];
  /** A backend has turned a kind off that this side sent. The SDK has obeyed: microphone or camera are muted, a share is over. */
  turnedoff: [kind: keyof MediaState];
  /** A backend asks for a kind that this side doesn't send. The SDK turns nothing on: ask the person. */
  turnonrequest: [kind: keyof MediaState];
  /**
   * Something failed and the call goes on: a peer's connection (`peer` says whose), or an ICE server that this browser
   * refuses (`unsupported`). Failures during `join()` are reported after it has resolved.
   */
  error: [error: ParleyClientError, peer: RemotePeer | undefined];
};

/**
 * A call: one room, one connection to each peer.
 *
 * **Who owns a track.** The caller owns microphone and camera: the SDK never stops them. While they are in a call,
 * `track.enabled` belongs to the SDK: mute with `setMuted`, which also tells the other peers. Only `setMuted` unmutes: a
 * track that is disabled when passed in stays disabled. The SDK owns a screen share: it stops the tracks as soon as they can't be
 * sent, so that the browser never shows a share that no peer receives.
 * @example
 * const call = await client.join(roomId, { microphone, camera });
 * for (const peer of call.peers.values()) show(peer);
 * call.on('peer', show);
 * call.on('peerleft', remove);
 * call.on('ended', (reason) => console.log(reason));
 */
export interface Call extends Devices, MeshMedia, Messenger {
  /** The room as the server last described it. `participants` is the count at that time; `peers` is always current. */
  readonly room: Room;
  /** This side's public id; it changes if the session could not be resumed. */
  readonly peerId: string;
  /** The others, by `peerId`. */
  readonly peers: ReadonlyMap<string, RemotePeer>;
  /** What this side sends: a kind is true if its track is live and enabled, and the system has not paused it. */
  readonly media: MediaState;
  /**
   * Calls a listener for each event; returns a function that removes it.
   * @example
   * const off = call.on('peerleft', (peer, reason) => console.log(peer.displayName, reason));
   */
  readonly on: On<CallEvents>;
  /** As `on`, for the next event of this name only. */
  readonly once: On<CallEvents>;
  /** The loudest of the others; undefined while nobody of them speaks. */
  readonly activeSpeaker: RemotePeer | undefined;
  /** What this side may do. */
  readonly you: Rights;
  /** When this side raised its hand (ISO 8601); null while it is down. */
  readonly hand: string | null;
  /** What hosts may do; others are refused with `forbidden`. */
  readonly moderation: Moderation;
  /** Who is a host, and what others may send; others than hosts are refused with `forbidden`. */
  readonly hosts: Hosts;
  /** Who waits to be let in; empty for all but hosts. */
  readonly knocks: Knocks;
  readonly chat: Chat;
  /** A small map that all inside share. */
  readonly data: SharedData;
  /**
   * Sends the picture and sound that `getDisplayMedia` gave, besides the camera. It replaces and stops an earlier
   * share, and ends when its video track ends. The SDK owns the stream from here on: if this rejects, no peer is sent
   * the share and all its tracks are stopped. If only some peers can't be sent it, an `error` event names each.
   * @throws ParleyClientError `media_failed` if no peer can be sent it, `closed` if the call is over or ends meanwhile;
   *   `forbidden` if `you.send` lacks `screen`
   * @throws TypeError if the stream has no video track
   * @example
   * await call.startScreenShare(await navigator.mediaDevices.getDisplayMedia({ video: true, audio: true }));
   */
  startScreenShare(stream: MediaStream): Promise<void>;
  /**
   * Ends the screen share and stops its tracks, so that the browser shows that sharing is over.
   * @throws ParleyClientError `media_failed` if a peer could not be told to remove it
   * @example
   * await call.stopScreenShare();
   */
  stopScreenShare(): Promise<void>;
  /**
   * Tells the others that this side started or stopped speaking. The SDK doesn't measure loudness itself.
   * @example
   * call.setSpeaking(loudness > 0.05);
   */
  setSpeaking(speaking: boolean): void;
  /**
   * Tells the others that this side started or stopped typing.
   * @example
   * input.oninput = () => call.setTyping(input.value !== '');
   */
  setTyping(typing: boolean): void;
  /**
   * Raises this side's hand, or lowers it.
   * @throws ParleyClientError `not_in_room`, `closed`, `session_lost`
   * @example
   * handButton.onclick = () => call.raiseHand(call.hand === null);
   */
  raiseHand(raised?: boolean, options?: WaitOptions): Promise<void>;
  /**
   * Lowers somebody else's hand; for hosts.
   * @throws ParleyClientError `forbidden`, `peer_gone`, `closed`, `session_lost`
   * @example
   * await call.lowerHand(peer);
   */
  lowerHand(peer: Pick<RemotePeer, 'peerId'>, options?: WaitOptions): Promise<void>;
  /**
   * Shows an emoji to everybody for a moment. Whoever is away just now doesn't see it.
   * @throws ParleyClientError `invalid_message` if it isn't one emoji; `not_in_room`, `closed`, `session_lost`
   * @example
   * await call.react('🎉');
   */
  react(emoji: string, options?: WaitOptions): Promise<void>;
  /**
   * Changes how the others in this room see this side; the account keeps its name.
   * @throws ParleyClientError `invalid_message`, `not_in_room`, `closed`, `session_lost`
   * @example
   * await call.update({ displayName: 'Ada (host)' });
   */
  update(
    profile: { readonly displayName?: string | undefined; readonly userInfo?: unknown },
    options?: WaitOptions,
  ): Promise<void>;
  /**
   * Changes what the application tells the others about this person: any JSON, at most `LIMITS.userInfo.max` characters.
   * @throws ParleyClientError as `update`
   * @example
   * await call.setUserInfo({ seat: 3 }); // peer.userInfo for the others, and their `profile` event
   */
  setUserInfo(userInfo: unknown, options?: WaitOptions): Promise<void>;
  /**
   * Leaves the room and closes every connection. Resolves when the server has confirmed it, or after 2 seconds.
   * @example
   * await call.leave();
   */
  leave(): Promise<void>;
}
