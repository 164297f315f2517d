import type { PeerIdentity, SafetyCode } from '../peer-types.ts';
import type { Link } from './link.ts';
import type { Fingerprints } from './privacy/fingerprints.ts';
import type { PlaceKeys } from './privacy/keyring.ts';
import { RemoteFacts } from './remote-facts.ts';

/** By which key a peer is known, as its connection proves it. */
export abstract class RemoteIdentity extends RemoteFacts {
  #fingerprints: Fingerprints | undefined;
  #identity: PeerIdentity | null = null;
  #code: Promise<SafetyCode> | undefined;
  /** Counts connections: what was read of an earlier one says nothing. */
  #reading = 0;

  get identity(): PeerIdentity | null {
    return this.#identity;
  }

  async safetyCode(): Promise<SafetyCode | null> {
    const { keys } = this;
    if (this.#fingerprints === undefined || keys === undefined) return null;
    this.#code ??= keys.code(this.#fingerprints);
    return this.#code;
  }

  async confirmIdentity(): Promise<void> {
    const fingerprints = this.#fingerprints;
    if (this.#identity !== 'changed' || fingerprints === undefined) return;
    await this.keys?.confirm(this.userId, fingerprints.remote);
    if (this.#fingerprints === fingerprints) this.#setIdentity('known');
  }

  /** Undefined if this browser can't tell keys. */
  protected abstract get keys(): PlaceKeys | undefined;

  /** A connection has a path, so both sides have proved their keys. */
  protected async readKeys(connection: Pick<Link, 'fingerprints'>): Promise<void> {
    const { keys } = this;
    if (keys === undefined || this.#fingerprints !== undefined) return;
    this.#reading += 1;
    const reading = this.#reading;
    try {
      const fingerprints = await connection.fingerprints(keys.digest);
      if (reading !== this.#reading || fingerprints === undefined) return;
      this.#fingerprints = fingerprints;
      this.emitter.emit('safetycode');
      const identity = await keys.meet(this.userId, fingerprints.remote);
      if (reading === this.#reading) this.#setIdentity(identity);
    } catch {
      // A browser without a place to keep keys knows nobody.
    }
  }

  /** There is no connection, or a new one that has proved nothing yet. */
  protected forgetKeys(): void {
    this.#reading += 1;
    this.#code = undefined;
    if (this.#fingerprints === undefined) return;
    this.#fingerprints = undefined;
    this.emitter.emit('safetycode');
    this.#setIdentity(null);
  }

  #setIdentity(identity: PeerIdentity | null): void {
    if (this.#identity === identity) return;
    this.#identity = identity;
    this.emitter.emit('identity', identity);
  }
}
