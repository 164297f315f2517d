import type { MediaState } from '../protocol/fields.ts';
import type { SendKind } from '../protocol/room-fields.ts';
import type { RemotePeer, WaitOptions } from './peer-types.ts';

/**
 * What hosts may do: the owner of the room, whoever was made one, and tokens with `room.admin` or the role `service` or
 * `admin`.
 * @throws ParleyClientError `forbidden`; `peer_gone` if the peer has left; `closed`; `session_lost`
 * @example
 * await call.moderation.kick(peer, { ban: true });
 */
export interface Moderation {
  /** Removes a peer from the room. `ban` also keeps its user out, with all sessions. The owner can't be removed. */
  kick(
    peer: Pick<RemotePeer, 'peerId'>,
    options?: WaitOptions & { readonly ban?: boolean | undefined },
  ): Promise<void>;
  /** Locks or unlocks the room. No new peer can enter a locked room. */
  lock(locked: boolean, options?: WaitOptions): Promise<void>;
  /** Asks a peer to stop sending a kind of media; it gets a `muterequest` event. */
  askToMute(peer: Pick<RemotePeer, 'peerId'>, kind: keyof MediaState, options?: WaitOptions): Promise<void>;
  /** Asks everybody else to stop sending a kind of media. */
  askAllToMute(kind: keyof MediaState, options?: WaitOptions): Promise<void>;
  /** Ends the call for everybody. */
  closeRoom(options?: WaitOptions): Promise<void>;
}

/**
 * Gives rights to others; for hosts. Rights belong to the user, not to the session: they stay when the user comes back.
 * @throws ParleyClientError `forbidden`; `peer_gone` if the peer has left; `closed`; `session_lost`
 */
export interface Hosts {
  /**
   * Makes a peer a host, or ends that. The owner always is one.
   * @example
   * await call.hosts.set(peer, true);
   */
  set(peer: Pick<RemotePeer, 'peerId'>, host: boolean, options?: WaitOptions): Promise<void>;
  /**
   * Says what a peer may send from now on. Its SDK stops the rest; everybody else's drops what comes all the same.
   * @example
   * await call.hosts.limit(peer, ['audio', 'chat']); // no camera, no screen
   */
  limit(peer: Pick<RemotePeer, 'peerId'>, send: readonly SendKind[], options?: WaitOptions): Promise<void>;
}
