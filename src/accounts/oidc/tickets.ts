import { createHash, timingSafeEqual } from 'node:crypto';
import type { Ids } from '../../domain/ids.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import type { Clock } from '../../lib/clock.ts';

interface TicketsDeps {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'secret'>;
  /** Milliseconds that a ticket can be used. */
  readonly lifetimeMs: number;
  /** Max tickets; beyond, the oldest is forgotten. */
  readonly max: number;
}

interface Ticket<Value> {
  readonly value: Value;
  /** SHA-256 of the browser's secret. */
  readonly browser: Buffer;
  /** Monotonic time (ms). */
  readonly expiresAt: number;
}

/** What came of using a ticket. One that doesn't exist, was used, or is another browser's is `unknown`. */
export type Taken<Value> =
  | { readonly is: 'unknown' }
  | { readonly is: 'expired'; readonly value: Value }
  | { readonly is: 'good'; readonly value: Value /** Makes it usable again. */; giveBack(): void };

/**
 * Secrets that one browser can exchange for a value, each once and for a while. Only their hashes are kept, so nothing
 * here could be used as one.
 */
export class Tickets<Value> {
  readonly #deps: TicketsDeps;
  /** By the ticket's SHA-256, the oldest first. */
  readonly #byHash: BoundedMap<string, Ticket<Value>>;

  constructor(deps: TicketsDeps) {
    this.#deps = deps;
    this.#byHash = new BoundedMap(deps.max);
  }

  get size(): number {
    return this.#byHash.size;
  }

  /** Returns a ticket: 256 random bits. @param browser the secret of the only browser that can use it */
  issue(browser: string, value: Value): string {
    const { clock, ids, lifetimeMs } = this.#deps;
    const secret = ids.secret();
    const expiresAt = clock.monotonic() + lifetimeMs;
    this.#forgetOld();
    this.#byHash.set(keyOf(secret), { value, browser: sha256(browser), expiresAt });
    return secret;
  }

  /** Uses a ticket up. A try from another browser doesn't: it must not cost the owner anything. */
  take(secret: string, browser: string): Taken<Value> {
    const key = keyOf(secret);
    const ticket = this.#byHash.get(key);
    if (ticket === undefined || !timingSafeEqual(ticket.browser, sha256(browser))) return { is: 'unknown' };
    this.#byHash.delete(key);
    const { value, expiresAt } = ticket;
    if (this.#deps.clock.monotonic() >= expiresAt) return { is: 'expired', value };
    return { is: 'good', value, giveBack: () => void this.#byHash.set(key, ticket) };
  }

  /**
   * Forgets tickets that expired over a lifetime ago. Until then an expired one is told from an unknown one, so that a
   * person who took too long still gets back to their room.
   */
  #forgetOld(): void {
    const { clock, lifetimeMs } = this.#deps;
    for (const [key, { expiresAt }] of this.#byHash.entries()) {
      if (clock.monotonic() < expiresAt + lifetimeMs) return;
      this.#byHash.delete(key);
    }
  }
}

function keyOf(secret: string): string {
  return sha256(secret).toString('base64url');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
