import type { ResumableSession } from '../signaling/resumable-session.ts';
import type { Moderation } from '../types.ts';

/** What those who run a room may do to it [RM6]. @param closed the room is gone, by this side's wish */
export function createModeration(session: ResumableSession, closed: () => void): Moderation {
  return {
    async kick(peer, { ban = false } = {}) {
      await session.request('room:kick', { peerId: peer.peerId, ban });
    },
    async lock(locked) {
      await session.request('room:lock', { locked });
    },
    async askToMute(peer, kind) {
      await session.request('room:mute', { peerId: peer.peerId, kind });
    },
    async closeRoom() {
      await session.request('room:close', {});
      closed();
    },
  };
}
