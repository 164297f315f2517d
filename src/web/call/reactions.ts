import { type ReadonlySignal, signal } from '@preact/signals';
import type { Call, RemotePeer } from '../../client/index.ts';
import { cutText } from '../graphemes.ts';
import { attempt } from '../optional-features.ts';

/** Milliseconds that a reaction floats over a tile. As the animation in `reactions.css`. */
const FLOATS_MS = 3_500;
/** Max reactions shown at once: enough for applause, and a crowd can't slow the page down. */
export const MOST_REACTIONS = 40;

/** An emoji that floats over somebody's tile. */
export interface FloatingReaction {
  readonly id: number;
  /** The key of the person's tile. */
  readonly key: string;
  readonly emoji: string;
}

export interface Reactions {
  readonly shown: ReadonlySignal<readonly FloatingReaction[]>;
  send(emoji: string): void;
  close(): void;
}

/** @param onReaction somebody else reacted */
export function createReactions(
  call: Call,
  onReaction: (peer: RemotePeer, emoji: string) => void,
): Reactions {
  const shown = signal<readonly FloatingReaction[]>([]);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let lastId = 0;

  const off = call.on('reaction', (said, peer) => {
    const emoji = cutText(said, 1);
    lastId += 1;
    const id = lastId;
    shown.value = [...shown.value, { id, key: peer?.key ?? 'self', emoji }].slice(-MOST_REACTIONS);
    const timer = setTimeout(() => {
      timers.delete(timer);
      shown.value = shown.value.filter((reaction) => reaction.id !== id);
    }, FLOATS_MS);
    timers.add(timer);
    if (peer !== undefined) onReaction(peer, emoji);
  });

  return {
    shown,
    send: (emoji) => attempt(() => call.react(emoji)),
    close() {
      off();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      shown.value = [];
    },
  };
}
