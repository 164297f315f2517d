import type { PeerId } from '../../domain/ids.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { MAX_REVOCATIONS } from '../core/allocations/revocations.ts';

/** Names in the TURN credentials of peers. */
export interface CallNames {
  /** The name for the peer's current call. */
  of(peerId: PeerId): string;
  /** Gives the peer's current call the name that another id has had. */
  passOn(from: PeerId, to: PeerId): void;
  /** Ends the peer's call: its next credentials have another name. @returns the name to revoke */
  end(peerId: PeerId): string;
}

/**
 * The relay refuses a revoked name for good, but a session that leaves a room may join another. So a peer's first call has the
 * peerId as its name, and later ones have a number appended.
 * @param maxPeers peers whose ended calls are remembered, by default as many as the relay remembers revocations
 */
export function createCallNames(maxPeers: number = MAX_REVOCATIONS): CallNames {
  /** Number of ended calls by peer; the call that ended first comes first. */
  const ended = new BoundedMap<PeerId, number>(maxPeers);
  /** Names of calls that were another id's before. */
  const passedOn = new BoundedMap<PeerId, string>(maxPeers);
  const nameOf = (peerId: PeerId): string => {
    const other = passedOn.size === 0 ? undefined : passedOn.get(peerId);
    if (other !== undefined) return other;
    const calls = ended.get(peerId);
    return calls === undefined ? peerId : `${peerId}.${calls}`;
  };
  return {
    of: nameOf,
    passOn(from, to) {
      passedOn.set(to, nameOf(from));
    },
    end(peerId) {
      const name = nameOf(peerId);
      passedOn.delete(peerId);
      ended.set(peerId, (ended.get(peerId) ?? 0) + 1);
      return name;
    },
  };
}
