import type { Certificate } from '../io/stream.ts';

/** The certificate that the server itself has for HTTPS. */
export interface ServerPair {
  /** The newest one; undefined: the server speaks plain HTTP. */
  current(): Certificate | undefined;
  /** Whether clients take it: not while it is self-signed. */
  isTrusted(): boolean;
}

/**
 * The server's own certificate for TURN over TLS. The relay listens with whatever there is, so that the port is there as soon as
 * there is a certificate that clients take; until then they aren't told of it.
 */
export class ServerCertificate {
  readonly #pair: ServerPair;
  #current: Certificate | undefined;

  constructor(pair: ServerPair) {
    this.#pair = pair;
  }

  get current(): Certificate | undefined {
    return this.#current;
  }

  get isTrusted(): boolean {
    return this.#pair.isTrusted();
  }

  open(): void {
    this.check();
  }

  /** Returns a new one; undefined to keep the current one. */
  check(): Certificate | undefined {
    const found = this.#pair.current();
    if (found === undefined || (found.cert === this.#current?.cert && found.key === this.#current.key)) {
      return undefined;
    }
    // Nothing else goes to the thread.
    this.#current = { cert: found.cert, key: found.key };
    return this.#current;
  }
}
