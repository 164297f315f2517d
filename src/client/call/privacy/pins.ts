import * as v from 'valibot';
import type { Clock } from '../../signaling/clock.ts';
import { type CertificateOwner, keyOf } from './certificates.ts';
import type { KeyStore, Shelf } from './key-store.ts';

/** People whose keys a browser keeps. */
export const PINS: Shelf = { name: 'pins', max: 2_000 };
/** Keys of one person: one per browser that it uses. The one that was seen longest ago goes first. */
export const PINNED_KEYS = 8;
/** Time (ms) for which a person is remembered after the last call: as long as a certificate is valid. */
const REMEMBERED_MS = 365 * 24 * 3_600_000;

/**
 * Whether a peer is known by its key. `new`: never met in this room, its key is remembered from now on. `known`: it shows a key
 * that it has shown before. `changed`: it shows another key than before: it uses another browser, or somebody else sits in
 * between.
 */
export type PeerIdentity = 'new' | 'known' | 'changed';

const Keys = v.array(v.string());

interface PinsDeps {
  readonly clock: Clock;
  readonly store: KeyStore;
}

/** The keys by which other people were met: per own user and place, so that it says no more than the certificates do. */
export class Pins {
  readonly #deps: PinsDeps;

  constructor(deps: PinsDeps) {
    this.#deps = deps;
  }

  /**
   * Says whether somebody is known by this key, and remembers it if it is the first.
   * @throws whatever the store throws
   */
  async meet(owner: CertificateOwner, userId: string, fingerprint: string): Promise<PeerIdentity> {
    let identity: PeerIdentity = 'new';
    await this.#change(owner, userId, (keys) => {
      if (keys.includes(fingerprint)) identity = 'known';
      else if (keys.length > 0) identity = 'changed';
      return identity === 'changed' ? keys : withLast(keys, fingerprint);
    });
    return identity;
  }

  /** Remembers a changed key too: the person has made sure. @throws whatever the store throws */
  async confirm(owner: CertificateOwner, userId: string, fingerprint: string): Promise<void> {
    await this.#change(owner, userId, (keys) => withLast(keys, fingerprint));
  }

  async #change(
    owner: CertificateOwner,
    userId: string,
    next: (keys: readonly string[]) => readonly string[],
  ): Promise<void> {
    const { clock, store } = this.#deps;
    const now = clock.now();
    await store.change(PINS, `${keyOf(owner)} ${userId}`, (kept) => {
      const parsed = v.safeParse(Keys, kept?.value);
      const isFresh = kept !== undefined && kept.at > now - REMEMBERED_MS;
      return { value: next(parsed.success && isFresh ? parsed.output : []), at: now };
    });
  }
}

function withLast(keys: readonly string[], fingerprint: string): readonly string[] {
  return [...keys.filter((key) => key !== fingerprint), fingerprint].slice(-PINNED_KEYS);
}
