import type { Moderation } from '../types.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { PartDeps } from './part.ts';

/** The requests of moderators [RM6]. @param onClosed called when this side has closed the room */
export function createModeration(session: PartDeps['session'], onClosed: () => void): Moderation {
  return {
    async kick({ peerId }, { ban = false, ...options } = {}) {
      await session.request('room:kick', { peerId, ban }, options);
    },
    async lock(locked, options) {
      await session.request('room:lock', { locked }, options);
    },
    async askToMute({ peerId }, kind, options) {
      await session.request('room:mute', { peerId, kind }, options);
    },
    async askAllToMute(kind, options) {
      await session.request('room:mute', { all: true, kind }, options);
    },
    closeRoom: ({ signal } = {}) =>
      unlessAborted(signal, async () => {
        await session.request('room:close', {});
        onClosed();
      }),
  };
}
