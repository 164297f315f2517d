import { parseAddress } from '../codec/addresses.ts';
import type { RelayConf } from '../conf/relay-conf.ts';

/** Looks up a host name's address; rejects if it has none. */
export type Lookup = (name: string) => Promise<{ readonly address: string }>;

/**
 * Host names in `listening-ip`, `relay-ip` and `external-ip`, to be looked up again from time to time: a name may get its address
 * only after the network is up, and a home connection's address changes.
 */
export class HostNames {
  readonly #names: readonly string[];
  readonly #lookup: Lookup;
  readonly #found = new Map<string, string>();
  /** The current look-up. Only one, because a resolver without a network takes many seconds and occupies a thread. */
  #lookingUp: Promise<void> | undefined;
  /** Errors by host name; those names have no address, or an old one. */
  readonly failures = new Map<string, unknown>();

  constructor({ listeningIps, relayIps, externalIps }: RelayConf, lookup: Lookup) {
    const external = externalIps.flatMap(({ publicAddress, privateAddress }) => [
      publicAddress,
      privateAddress ?? [],
    ]);
    const all = [listeningIps, relayIps, external.flat()].flat();
    this.#names = [...new Set(all)].filter((text) => parseAddress(text) === undefined);
    this.#lookup = lookup;
  }

  get size(): number {
    return this.#names.length;
  }

  /** Number of names without an address, or with an old one because the look-up failed. */
  get unknown(): number {
    return this.#names.filter((name) => this.failures.has(name) || !this.#found.has(name)).length;
  }

  get isLooking(): boolean {
    return this.#lookingUp !== undefined;
  }

  /** Looks up all names, unless that is happening already. A name whose look-up fails keeps its address. */
  resolve(): Promise<void> {
    this.#lookingUp ??= this.#lookUpAll().finally(() => {
      this.#lookingUp = undefined;
    });
    return this.#lookingUp;
  }

  async #lookUpAll(): Promise<void> {
    await Promise.all(
      this.#names.map(async (name) => {
        try {
          this.#found.set(name, (await this.#lookup(name)).address);
          this.failures.delete(name);
        } catch (error) {
          this.failures.set(name, error);
        }
      }),
    );
  }

  /** The settings with host names replaced by their addresses, where known. */
  applyTo(conf: RelayConf): RelayConf {
    if (this.#names.length === 0) return conf;
    const address = (text: string) => this.#found.get(text) ?? text;
    return {
      ...conf,
      listeningIps: conf.listeningIps.map(address),
      relayIps: conf.relayIps.map(address),
      externalIps: conf.externalIps.map(({ publicAddress, privateAddress }) => ({
        publicAddress: address(publicAddress),
        privateAddress: privateAddress === undefined ? undefined : address(privateAddress),
      })),
    };
  }
}
