import type { PeerId } from '../../domain/ids.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { MAX_REVOCATIONS } from '../core/allocations/revocations.ts';

/** Whose TURN credentials are made out to which name. */
export interface CallNames {
  of(peerId: PeerId): string;
  /** The peer left its call. @returns the name to revoke; the peer's next credentials bear another */
  end(peerId: PeerId): string;
}

/**
 * A relay that revoked a name refuses it for good, but a session that leaves one room may join the next. So its first
 * call has the peerId as its name, later ones a number behind it. As many are remembered as the relay remembers
 * revocations.
 */
export function createCallNames(most: number = MAX_REVOCATIONS): CallNames {
  /** Number of calls that ended, by peer. */
  const ended = new BoundedMap<PeerId, number>(most);
  const nameOf = (peerId: PeerId): string => {
    const calls = ended.get(peerId);
    return calls === undefined ? peerId : `${peerId}.${calls}`;
  };
  return {
    of: nameOf,
    end(peerId) {
      const name = nameOf(peerId);
      ended.set(peerId, (ended.get(peerId) ?? 0) + 1);
      return name;
    },
  };
}
