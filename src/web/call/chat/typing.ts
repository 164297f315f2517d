import { type ReadonlySignal, signal } from '@preact/signals';

/** Milliseconds after which somebody no longer types, if they don't say so: their connection may be lost. */
const FORGOTTEN_AFTER_MS = 15_000;
/** Milliseconds without a key press after which this side tells that it no longer types. */
const IDLE_AFTER_MS = 4_000;

/** Who is typing. `Peer` is any key of a person. */
export interface Typing<Peer> {
  /** Names, in the order in which they began. */
  readonly names: ReadonlySignal<readonly string[]>;
  /** Somebody else started or stopped. */
  set(peer: Peer, name: string, typing: boolean): void;
  /** This side pressed a key; `empty`: nothing is left to send. */
  pressed(empty: boolean): void;
  close(): void;
}

/** @param tell tells the others that this side started or stopped */
export function createTyping<Peer>(tell: (typing: boolean) => void): Typing<Peer> {
  const typists = new Map<Peer, { readonly name: string; readonly timer: ReturnType<typeof setTimeout> }>();
  const names = signal<readonly string[]>([]);
  let isTyping = false;
  let idle: ReturnType<typeof setTimeout> | undefined;

  function set(peer: Peer, name: string, typing: boolean): void {
    clearTimeout(typists.get(peer)?.timer);
    if (typing) {
      const timer = setTimeout(() => set(peer, name, false), FORGOTTEN_AFTER_MS);
      typists.set(peer, { name, timer });
    } else if (!typists.delete(peer)) return;
    names.value = [...typists.values()].map((typist) => typist.name);
  }

  function pressed(empty: boolean): void {
    clearTimeout(idle);
    if (!empty) idle = setTimeout(() => pressed(true), IDLE_AFTER_MS);
    if (isTyping === !empty) return;
    isTyping = !empty;
    tell(isTyping);
  }

  return {
    names,
    set,
    pressed,
    close() {
      clearTimeout(idle);
      for (const { timer } of typists.values()) clearTimeout(timer);
      typists.clear();
    },
  };
}
