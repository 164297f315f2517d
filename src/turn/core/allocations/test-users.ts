import { networkKey } from '../../../lib/addresses.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';

/**
 * Test credentials: anybody gets them, so that a person can try the relay before a call. They must not make it an open relay:
 * their allocations reach nothing but each other (`traffic/test-policy.ts`), end with the credentials, share one small
 * bandwidth, and are few.
 */

/** Seconds that test credentials, and all allocations made with them, live. */
export const TEST_SECONDS = 60;
/** Max bytes per second each way of all allocations of the same test credentials: 1 Mbit/s. */
export const TEST_BYTES_PER_SECOND = 125_000;
/** Max test allocations at a time of one network address (IPv6: /64). A browser makes one per URL and network interface. */
export const MAX_TEST_ALLOCATIONS_OF_NETWORK = 16;
/** Max test allocations at a time in all; at most a quarter of the relay's ports and of `total-quota` too. */
export const MAX_TEST_ALLOCATIONS = 128;
/** Smallest that such a quarter gets: both ends of one loop. */
const MIN_TEST_ALLOCATIONS = 2;

/** Begins the names in test credentials. Names of sessions and logins never begin so. */
const MARK = '?test:';

/** Returns the name in new test credentials. @param unique tells them from others, so that they don't share a bandwidth */
export function testName(unique: string): string {
  return `${MARK}${unique}`;
}

export function isTestName(name: string): boolean {
  return name.startsWith(MARK);
}

/** Counts test allocations, in all and by network. */
export class TestQuota {
  readonly #max: number;
  readonly #byNetwork = new Map<string, number>();
  #all = 0;

  constructor({ minPort, maxPort, totalQuota }: Pick<RelayConf, 'minPort' | 'maxPort' | 'totalQuota'>) {
    const ports = maxPort - minPort + 1;
    const quarter = Math.floor(Math.min(ports, totalQuota > 0 ? totalQuota : ports) / 4);
    this.#max = Math.min(MAX_TEST_ALLOCATIONS, Math.max(quarter, MIN_TEST_ALLOCATIONS));
  }

  /** The quota that one more allocation of a client at `address` would exceed, if any. */
  exceededBy(address: string): 'user_quota' | 'total_quota' | undefined {
    if ((this.#byNetwork.get(networkKey(address)) ?? 0) >= MAX_TEST_ALLOCATIONS_OF_NETWORK)
      return 'user_quota';
    return this.#all >= this.#max ? 'total_quota' : undefined;
  }

  add(address: string): void {
    const network = networkKey(address);
    this.#byNetwork.set(network, (this.#byNetwork.get(network) ?? 0) + 1);
    this.#all++;
  }

  remove(address: string): void {
    const network = networkKey(address);
    const left = (this.#byNetwork.get(network) ?? 0) - 1;
    if (left > 0) this.#byNetwork.set(network, left);
    else this.#byNetwork.delete(network);
    this.#all--;
  }
}
