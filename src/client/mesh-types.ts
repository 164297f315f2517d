import type { Quality, UplinkLimit, UplinkState } from './media-types.ts';
import type { WaitOptions } from './peer-types.ts';
import type { CallStats } from './stats-types.ts';

/** What both kinds of call report of their media. */
export type MeshEvents = {
  /** The limit, or what the line bears, has changed. Once a second at most. */
  uplink: [uplink: UplinkState];
  /** This side's own line became better or worse; null: nobody is left to tell by. Every 5 seconds at most. */
  line: [line: Quality | null];
};

/** The media of a call, to all peers together. */
export interface MeshMedia {
  /** Whether this side hides its address by its own wish; in a room with `relayOnly` everybody's is hidden anyhow. */
  readonly hidesAddress: boolean;
  /**
   * Hides this side's IP address, or shows it again, as `JoinOptions.hideAddress`. Hiding it makes the connections
   * to all peers anew, so that sound and pictures are gone for about a second; a peer that knows the address already can't forget it.
   * @throws ParleyClientError `no_relay` if the server has no TURN relay: nothing changes
   * @example
   * hide.onchange = () => call.setHideAddress(hide.checked);
   */
  setHideAddress(hides: boolean): void;
  readonly uplink: UplinkState;
  /**
   * Limits what this side sends to all peers together. Nothing is negotiated for it; sound goes on.
   * @throws RangeError if it is a number below 50,000
   * @example
   * saveData.onclick = () => call.setUplink(500_000);
   */
  setUplink(limit: UplinkLimit): void;
  /**
   * How good this side's own line is, by what the peers report of what this side sends: a fault that one of several peers has is
   * that peer's. Null until there is enough to judge.
   * @example
   * call.on('line', (line) => soundOnlyHint.toggleAttribute('hidden', line !== 'poor'));
   */
  readonly line: Quality | null;
  /**
   * Measures all connections of the call. They are measured once a second at most: calls within a second get the same.
   * @example
   * const { sendBitsPerSecond, peers } = await call.stats();
   * for (const { peerId, path, received } of peers) console.log(peerId, path, received.camera?.framesPerSecond);
   */
  stats(options?: WaitOptions): Promise<CallStats>;
}
