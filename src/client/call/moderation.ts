import type { Moderation } from '../types.ts';
import type { PartDeps } from './part.ts';

/** The requests of moderators [RM6]. @param onClosed called when this side has closed the room */
export function createModeration(session: PartDeps['session'], onClosed: () => void): Moderation {
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
    async askAllToMute(kind) {
      await session.request('room:mute', { all: true, kind });
    },
    async closeRoom() {
      await session.request('room:close', {});
      onClosed();
    },
  };
}
