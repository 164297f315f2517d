import type { Clock } from '../signaling/clock.ts';
import type { Session } from '../signaling/session.ts';
import type { RemotePeer } from '../types.ts';
import { Connection } from './connection.ts';
import type { RemoteDeps } from './link.ts';
import type { LocalTracks } from './local-media.ts';
import type { RtcConstructor } from './rtc.ts';
import { signalTo } from './sending.ts';

export interface CallDeps {
  readonly session: Session;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly RTCPeerConnection: RtcConstructor;
}

interface Linking extends CallDeps {
  /** As it is when a connection is made. */
  readonly configuration: () => RTCConfiguration;
  readonly tracks: LocalTracks;
  readonly failed: (error: unknown, remote?: RemotePeer) => void;
}

/** How each remote peer of a call gets its connections and is signaled to. */
export function linksOf(linking: Linking): RemoteDeps {
  const { session, clock, random, RTCPeerConnection, configuration, tracks, failed } = linking;
  const reachable = () => session.state === 'live';
  return {
    connect(events, side) {
      const deps = { RTCPeerConnection, configuration: configuration(), clock, random, tracks, ...events };
      return new Connection({ ...deps, reachable: () => reachable() && events.reachable() }, side);
    },
    send: (peerId) => signalTo(peerId, { session, clock, failed }),
    failed,
  };
}
