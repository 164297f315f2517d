import { attempt } from '../../lib/attempt.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';

/** Sessions that are told in one turn of the event loop: about 4 ms of work. */
export const TOLD_AT_ONCE = 250;
/** Milliseconds between two turns. In each, the clients told before open new allocations and send new offers. */
export const PAUSE_MS = 25;

/** What it needs of a session. */
interface Told {
  readonly isOver: boolean;
  readonly calls: { readonly linked: readonly unknown[]; readonly ringing: readonly unknown[] } | undefined;
  send(event: 'relay:restarted', payload: Record<string, never>): void;
}

interface RelayNewsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: { all(): Iterable<Told> };
}

/** Tells everybody who has a call that the relay was restarted [CA9], a slice at a time. */
export class RelayNews {
  readonly #deps: RelayNewsDeps;
  /** Sessions that haven't been told yet; no more than there are. */
  #waiting: Told[] = [];
  #cancel = () => {};

  constructor(deps: RelayNewsDeps) {
    this.#deps = deps;
  }

  /** Tells all of them, those too who have been told of the restart before. */
  tell(): void {
    this.#cancel();
    this.#waiting = [...this.#deps.registry.all()].filter(mayUseRelay);
    this.#tellSome();
  }

  stop(): void {
    this.#cancel();
    this.#waiting = [];
  }

  #tellSome(): void {
    for (const session of this.#waiting.splice(0, TOLD_AT_ONCE)) {
      if (session.isOver || !mayUseRelay(session)) continue;
      attempt(this.#deps.log, 'a session could not be told of the relay', () =>
        session.send('relay:restarted', {}),
      );
    }
    if (this.#waiting.length > 0) this.#cancel = this.#deps.clock.after(PAUSE_MS, () => this.#tellSome());
  }
}

/** Whether it has a call, or makes one: others may have been told candidates of the relay. */
function mayUseRelay({ calls }: Told): boolean {
  return calls !== undefined && calls.linked.length + calls.ringing.length > 0;
}
