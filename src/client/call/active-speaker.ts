import type { Clock } from '../signaling/clock.ts';
import type { Remote } from './remote.ts';

/** How often (ms) levels are read. */
const LOOK_MS = 200;
/** The level, from 0 to 1, from which on somebody speaks: below it are breath and fans. */
const SPEAKS = 0.01;
/** How much of the former level stays at each look: words have pauses. */
const KEPT = 0.7;
/** How much louder somebody must be to take over: two who talk at once don't flicker. */
const LOUDER = 1.5;

interface ActiveSpeakerDeps {
  readonly clock: Clock;
  readonly peers: () => ReadonlyMap<string, Pick<Remote, 'level'>>;
  readonly onChange: () => void;
}

/** Who of the others is loudest, by the levels that the browser measures on what it plays. */
export class ActiveSpeaker {
  readonly #deps: ActiveSpeakerDeps;
  readonly #levels = new Map<string, number>();
  #current: string | undefined;
  #cancel: () => void = () => {};

  constructor(deps: ActiveSpeakerDeps) {
    this.#deps = deps;
  }

  /** The peer id of who is loudest; undefined while nobody speaks. */
  get current(): string | undefined {
    return this.#current;
  }

  /** Looks from now on. */
  start(): void {
    this.#cancel();
    this.#cancel = this.#deps.clock.after(LOOK_MS, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const peers = this.#deps.peers();
    for (const id of this.#levels.keys()) if (!peers.has(id)) this.#levels.delete(id);
    for (const [id, peer] of peers) {
      const before = this.#levels.get(id) ?? 0;
      const now = peer.level;
      // Rises at once, and falls slowly.
      this.#levels.set(id, Math.max(now, before * KEPT));
    }
    const [loudest] = [...this.#levels].sort(([, a], [, b]) => b - a);
    const held = this.#current === undefined ? 0 : (this.#levels.get(this.#current) ?? 0);
    if (loudest === undefined || loudest[1] < SPEAKS) this.#set(undefined);
    else if (held < SPEAKS || loudest[1] > held * LOUDER) this.#set(loudest[0]);
  }

  #set(id: string | undefined): void {
    if (this.#current === id) return;
    this.#current = id;
    this.#deps.onChange();
  }
}
