import type { Clock } from '../../signaling/clock.ts';
import type { KeyStore, Shelf } from './key-store.ts';

const DAY_MS = 24 * 3_600_000;
/** Time (ms) for which a certificate is valid: the most that browsers grant. */
const VALID_MS = 365 * DAY_MS;
/** Time (ms) before its end at which a certificate is replaced: no call lasts longer. */
const RENEW_BEFORE_MS = 2 * DAY_MS;
/** Max time (ms) that a call waits for the store. A browser may never answer. */
export const STORE_MS = 500;
/** Certificates that a page holds in memory; the oldest goes first. */
export const HELD_CERTIFICATES = 16;

/** Certificates that a browser keeps. */
export const CERTIFICATES: Shelf = { name: 'certificates', max: 200 };

/** Whose certificate it is, and where it is shown. */
export interface CertificateOwner {
  /** The server's origin. */
  readonly baseUrl: string;
  readonly userId: string;
  /** The room; or, of a direct call, the other user. */
  readonly place: string;
}

/** The same certificate for the same person in the same place, and another one anywhere else: nobody is followed by it. */
export function keyOf({ baseUrl, userId, place }: CertificateOwner): string {
  return `${baseUrl} ${userId} ${place}`;
}

export type GenerateCertificate = (
  algorithm: EcKeyGenParams & { expires: number },
) => Promise<RTCCertificate>;

interface CertificatesDeps {
  readonly clock: Clock;
  readonly store: KeyStore;
  /** Undefined if the browser can't make certificates: then each connection has one of its own. */
  readonly generate: GenerateCertificate | undefined;
}

/** The certificates that this browser shows to others: one per person and place, kept for a year. */
export class Certificates {
  readonly #deps: CertificatesDeps;
  /** Loaded ones by key, oldest first. */
  readonly #held = new Map<string, Promise<RTCCertificate | undefined>>();

  constructor(deps: CertificatesDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves with the certificate of a person in a place. It is loaded, or made if there is none, once: whoever asks again gets
   * the same. Without a store it is a fresh one, for as long as the page lives. Undefined if the browser can't make any.
   */
  load(owner: CertificateOwner): Promise<RTCCertificate | undefined> {
    const key = keyOf(owner);
    const held = this.#held.get(key) ?? this.#find(key);
    this.#held.delete(key);
    this.#held.set(key, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > HELD_CERTIFICATES && oldest !== undefined) this.#held.delete(oldest);
    return held;
  }

  async #find(key: string): Promise<RTCCertificate | undefined> {
    const { clock, generate } = this.#deps;
    if (generate === undefined) return undefined;
    const making = generate({ name: 'ECDSA', namedCurve: 'P-256', expires: VALID_MS }).catch(() => undefined);
    let cancel = () => {};
    const late = new Promise<undefined>((resolve) => {
      cancel = clock.after(STORE_MS, () => resolve(undefined));
    });
    const kept = await Promise.race([this.#keep(key, making).catch(() => undefined), late]);
    cancel();
    return kept ?? making;
  }

  /** Resolves with the one that is kept, which is the new one if there was none. */
  async #keep(key: string, making: Promise<RTCCertificate | undefined>): Promise<RTCCertificate | undefined> {
    const { clock, store } = this.#deps;
    const known = usable((await store.get(CERTIFICATES, key))?.value, clock.now());
    const made = known ?? (await making);
    if (made === undefined) return undefined;
    // Two tabs may do this at once: both take the one that was kept first.
    const keeping = store.change(CERTIFICATES, key, (kept) => ({
      value: usable(kept?.value, clock.now()) ?? made,
      at: clock.now(),
    }));
    if (known === undefined) return usable((await keeping)?.value, clock.now());
    keeping.catch(() => {});
    return known;
  }
}

function usable(value: unknown, now: number): RTCCertificate | undefined {
  return isCertificate(value) && value.expires - RENEW_BEFORE_MS > now ? value : undefined;
}

function isCertificate(value: unknown): value is RTCCertificate {
  return (
    typeof value === 'object' && value !== null && 'expires' in value && typeof value.expires === 'number'
  );
}
