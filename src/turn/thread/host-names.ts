import { parseAddress } from '../codec/addresses.ts';
import type { RelayConf } from '../conf/relay-conf.ts';

/** Finds the address of a host name; rejects if there is none. */
export type Lookup = (name: string) => Promise<{ readonly address: string }>;

/**
 * Host names in `listening-ip`, `relay-ip` and `external-ip`. They are looked up again now and then: a name that had no
 * address when the machine started gets one with its network, and that of a connection at home moves.
 */
export class HostNames {
  readonly #names: readonly string[];
  readonly #lookup: Lookup;
  readonly #found = new Map<string, string>();
  /** The look-up that is under way: a resolver without a network takes many seconds, and each holds a thread. */
  #underWay: Promise<void> | undefined;
  /** Why the others have no address. */
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

  /** How many have no address, or an old one because nobody answers now. */
  get unknown(): number {
    return this.#names.filter((name) => this.failures.has(name) || !this.#found.has(name)).length;
  }

  get isLooking(): boolean {
    return this.#underWay !== undefined;
  }

  /** Looks all of them up, unless that is under way. One that can't be found keeps the address that it had. */
  resolve(): Promise<void> {
    this.#underWay ??= this.#lookUpAll().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
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

  /** The settings with addresses for names; a name without one stays. */
  applied(conf: RelayConf): RelayConf {
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
