import type { HangupReason } from '../protocol/events.ts';
import type { Call, CallEvents } from './call-types.ts';
import type { Devices, JoinOptions } from './entry-types.ts';
import type { ParleyClientError } from './errors.ts';
import type { MeshEvents, MeshMedia } from './mesh-types.ts';
import type { Messenger } from './message-types.ts';
import type { On, RemotePeer } from './peer-types.ts';

/** How a direct call is made or taken; everything is optional. */
export interface DirectCallOptions
  extends Pick<
    JoinOptions,
    'microphone' | 'camera' | 'muted' | 'hideAddress' | 'rtc' | 'signal' | 'uplink' | 'maxUplink'
  > {}

/** How `client.call` calls somebody. */
export interface CallOptions extends DirectCallOptions {
  /** Milliseconds that it rings; default 60,000. */
  readonly ringMs?: number | undefined;
}

/**
 * Why a direct call ended on this side. `left`: `leave()` was called. `connection_lost`: this side's session ended. All others
 * are what the other side, or the server for it, said: `user_hangup`, or `peer_left` if its session ended.
 */
export type DirectEndReason = 'left' | 'connection_lost' | HangupReason;

/** What `on` of a direct call reports: each event with its arguments. */
export type DirectCallEvents = MeshEvents &
  Pick<CallEvents, 'media' | 'data' | 'error'> & {
    /** The call is over on this side. */
    ended: [reason: DirectEndReason, error: ParleyClientError | undefined];
  };

/**
 * A call with one other user, without a room. Who owns a track: as in `Call`.
 * @example
 * const call = await client.call(userId, { microphone, camera });
 * call.peer.attach(tile);
 * call.on('ended', (reason) => console.log(reason));
 */
export interface DirectCall
  extends Devices,
    MeshMedia,
    Messenger,
    Pick<Call, 'peerId' | 'peers' | 'media' | 'startScreenShare' | 'stopScreenShare'> {
  /** The other side: what `peers` has. */
  readonly peer: RemotePeer;
  /**
   * Calls a listener for each event; returns a function that removes it.
   * @example
   * call.on('ended', (reason) => show(reason === 'user_hangup' ? 'hung up' : reason));
   */
  readonly on: On<DirectCallEvents>;
  /** As `on`, for the next event of this name only. */
  readonly once: On<DirectCallEvents>;
  /**
   * Hangs up. Resolves when the server has confirmed it, or after 2 seconds.
   * @example
   * hangUpButton.onclick = () => call.leave();
   */
  leave(): Promise<void>;
}

/** What `incoming.on` reports. */
export type IncomingCallEvents = {
  /**
   * It stops ringing: it was accepted or declined here, `answered_elsewhere` by this user, given up by the caller
   * (`user_hangup`, `invite_timeout`), or one of the sessions is gone (`peer_left`, `connection_lost`).
   */
  ended: [reason: HangupReason | 'accepted' | 'connection_lost'];
};

/**
 * A call that rings here, and at all other sessions of this user.
 * @example
 * client.on('call', (incoming) => {
 *   ringtone.play();
 *   incoming.on('ended', () => ringtone.pause());
 *   acceptButton.onclick = async () => show(await incoming.accept({ microphone, camera }));
 *   declineButton.onclick = () => incoming.decline();
 * });
 */
export interface IncomingCall {
  /** Who calls, by the server's word. The names are null if the server doesn't tell them to this user. */
  readonly from: {
    readonly userId: string;
    readonly username: string | null;
    readonly displayName: string | null;
  };
  /** Whether it still rings. */
  readonly ringing: boolean;
  /** Calls a listener for each event; returns a function that removes it. */
  readonly on: On<IncomingCallEvents>;
  /** As `on`, for the next event of this name only. */
  readonly once: On<IncomingCallEvents>;
  /**
   * Takes the call; this user's other sessions stop ringing.
   * @throws ParleyClientError `peer_gone` if it was taken elsewhere or the caller is gone; `already_in_room` while this client
   *   is in a call; `unsupported`, `network`, `timeout`, `closed`
   * @throws TypeError if a track is of the wrong kind
   * @example
   * const call = await incoming.accept({ microphone, camera });
   */
  accept(options?: DirectCallOptions): Promise<DirectCall>;
  /**
   * Declines the call for this user: the other sessions stop ringing too.
   * @param reason what the caller is told; default `declined`
   * @example
   * if (busy) incoming.decline('user_busy');
   */
  decline(reason?: 'declined' | 'user_busy'): void;
}
