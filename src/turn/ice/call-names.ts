import type { PeerId } from '../../domain/ids.ts';
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
  /** Calls that ended, by peer; the one that ended longest ago first. */
  const ended = new Map<PeerId, number>();
  const nameOf = (peerId: PeerId): string => {
    const calls = ended.get(peerId);
    return calls === undefined ? peerId : `${peerId}.${calls}`;
  };
  return {
    of: nameOf,
    end(peerId) {
      const name = nameOf(peerId);
      const calls = ended.get(peerId) ?? 0;
      ended.delete(peerId);
      if (ended.size >= most) {
        for (const oldest of ended.keys()) {
          ended.delete(oldest);
          break;
        }
      }
      ended.set(peerId, calls + 1);
      return name;
    },
  };
}
