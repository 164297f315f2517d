import type { Clock } from '../signaling/clock.ts';
import type { ResumableSession } from '../signaling/resumable-session.ts';
import type { RemotePeer } from '../types.ts';
import { Connection } from './connection.ts';
import type { Supply } from './connection-factory.ts';
import type { RemoteDeps } from './link.ts';
import type { LocalTracks } from './published-tracks.ts';
import { signalTo } from './sending.ts';

export interface CallDeps {
  readonly session: ResumableSession;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly supply: Supply;
}

interface Linking extends CallDeps {
  readonly tracks: LocalTracks;
  readonly failed: (error: unknown, remote?: RemotePeer) => void;
}

/** How each remote peer of a call gets its connections and is signaled to. */
export function linksOf(linking: Linking): RemoteDeps {
  const { session, clock, random, supply, tracks, failed } = linking;
  const reachable = () => session.state === 'live';
  return {
    connect(events, side) {
      const deps = { peer: supply.take(), clock, random, tracks, ...events };
      return new Connection({ ...deps, reachable: () => reachable() && events.reachable() }, side);
    },
    send: (peerId) => signalTo(peerId, { session, clock, failed }),
    failed,
  };
}
