import type { RemotePeer } from './peer-types.ts';

/** A message from one peer to others, which no server sees. */
export interface PeerMessage {
  /** What the message is about, as its sender named it: 1 to `LIMITS.topic.max` characters. */
  readonly topic: string;
  /** Any JSON; undefined if the sender gave none. Other people wrote it: check it before use. */
  readonly data: unknown;
  readonly from: RemotePeer;
}

/** A peer, or its `peerId`. */
export type PeerRef = string | Pick<RemotePeer, 'peerId'>;

/** To whom `call.send` sends, and how long it waits. */
export interface SendOptions {
  /** One peer, or several; default: all who are in the call. */
  readonly to?: PeerRef | readonly PeerRef[] | undefined;
  /** Gives up when it is aborted: `send` rejects with the signal's reason. Who has got the message by then keeps it. */
  readonly signal?: AbortSignal | undefined;
}

/** Sends messages to peers. */
export interface Messenger {
  /**
   * Sends a message straight to peers, without the server; they get a `data` event, in the order of sending. Resolves when
   * it was handed to the connection to each of them, which can take a second at the first message to a peer. Await it before the
   * next one, and a slow connection slows the sender down. If a connection breaks, what is on its way is lost.
   * @param topic 1 to `LIMITS.topic.max` characters
   * @param data any JSON; with its topic at most `LIMITS.peerMessage.max` bytes of UTF-8. Binary data: as base64
   * @throws ParleyClientError `peerIds` says whom it didn't reach; the others have got it. `peer_gone` if a peer is not in
   *   the call; `unsupported` if its application takes no messages; `rate_limited` while 256 messages wait for it;
   *   `timeout` if its connection takes nothing for 30 s; `too_large`, `invalid_message`, `closed`
   * @throws TypeError if `data` is no JSON
   * @example
   * canvas.onpointermove = ({ x, y }) => call.send('pointer', { x, y }).catch(() => {}); // the next one replaces it
   * call.on('data', ({ topic, data, from }) => topic === 'pointer' && movePointer(from.key, data));
   * @example
   * for (const part of parts) await call.send('file', part, { to: peer, signal: cancelled.signal });
   */
  send(topic: string, data?: unknown, options?: SendOptions): Promise<void>;
}
