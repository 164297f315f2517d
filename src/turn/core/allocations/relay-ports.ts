import type { Family } from '../../codec/addresses.ts';
import type { RelayIo } from '../relay-io.ts';
import { type PeerTraffic, RelayPort } from './allocation.ts';

/** Max ports held by other programs that are tried before giving up. */
const MAX_TRIES = 32;

interface RelayPortsDeps {
  io: RelayIo;
  minPort: number;
  maxPort: number;
  randomBytes: (size: number) => Buffer;
}

/** The open relay sockets by family and port. */
export class RelayPorts {
  readonly #deps: RelayPortsDeps;
  readonly #open = new Map<number, RelayPort>();

  constructor(deps: RelayPortsDeps) {
    this.#deps = deps;
  }

  find(family: Family, port: number): RelayPort | undefined {
    return this.#open.get(key(family, port));
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * Opens a socket on a random port, so that it is hard to guess (RFC 8656 §7.2), even if `even`. Returns undefined if no port
   * is available.
   */
  open(family: Family, even: boolean, traffic: PeerTraffic): RelayPort | undefined {
    return this.#search((port) => {
      if (even && port % 2 !== 0) return undefined;
      return this.#openAt(family, port, traffic);
    });
  }

  /** Opens an even port and the next higher one, for EVEN-PORT with its R bit (RFC 8656 §18.7). */
  openPair(family: Family, traffic: PeerTraffic): readonly [RelayPort, RelayPort] | undefined {
    return this.#search((port) => {
      if (port % 2 !== 0 || port === this.#deps.maxPort) return undefined;
      const even = this.#openAt(family, port, traffic);
      if (typeof even !== 'object') return even;
      const odd = this.#openAt(family, port + 1, traffic);
      if (typeof odd === 'object') return [even, odd] as const;
      this.close(even);
      return odd;
    });
  }

  close(relay: RelayPort): void {
    this.#open.delete(key(relay.family, relay.port));
    relay.close();
  }

  /** Tries all ports once, from a random one on, until one is found or `MAX_TRIES` were held by other programs. */
  #search<Found>(attempt: (port: number) => Found | 'taken' | undefined): Found | undefined {
    const { minPort, maxPort, randomBytes } = this.#deps;
    const count = maxPort - minPort + 1;
    const start = randomBytes(4).readUInt32BE() % count;
    let tries = 0;
    for (let step = 0; step < count && tries < MAX_TRIES; step++) {
      const found = attempt(minPort + ((start + step) % count));
      if (found === 'taken') tries++;
      else if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Returns undefined if the relay has the port already, `taken` if another program has it. */
  #openAt(family: Family, port: number, traffic: PeerTraffic): RelayPort | 'taken' | undefined {
    if (this.#open.has(key(family, port))) return undefined;
    const relay = new RelayPort(family, port, traffic);
    if (!relay.open(this.#deps.io)) return 'taken';
    this.#open.set(key(family, port), relay);
    return relay;
  }
}

function key(family: Family, port: number): number {
  return family === 4 ? port : port + 65_536;
}
