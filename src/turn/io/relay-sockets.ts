import type { Log } from '../../lib/log.ts';
import type { Family } from '../codec/addresses.ts';
import type { DatagramReceiver, DatagramSocket, RelayIo } from '../core/relay-io.ts';
import { codeOf, type OpenUdp, openRelaySocket } from './udp.ts';

/** Where relay sockets are bound; undefined: nowhere, as there is no address of that family. */
export type BoundAddresses = Record<Family, string | undefined>;

interface RelaySocketsDeps {
  readonly open: OpenUdp;
  readonly bound: BoundAddresses;
  readonly log: Log;
  /** `problem` may have changed. */
  readonly onChange: () => void;
}

/** Opens the sockets of allocations, and remembers that none can be opened until one can. */
export class RelaySockets implements Pick<RelayIo, 'openRelay'> {
  readonly #deps: RelaySocketsDeps;
  #bound: BoundAddresses;
  readonly #faults = new Map<Family, string>();

  constructor(deps: RelaySocketsDeps) {
    this.#deps = deps;
    this.#bound = deps.bound;
  }

  /** Why relay sockets can't be opened, such as EADDRNOTAVAIL or EMFILE. */
  get faults(): readonly string[] {
    return [...new Set(this.#faults.values())];
  }

  /** New sockets are bound here. */
  follow(bound: BoundAddresses): void {
    this.#bound = bound;
    this.#faults.clear();
  }

  openRelay(family: Family, port: number, receiver: DatagramReceiver): DatagramSocket | undefined {
    const address = this.#bound[family];
    if (address === undefined) return undefined;
    const socket = openRelaySocket(this.#deps.open, address, port, receiver, (error) =>
      this.#refused(family, address, error),
    );
    if (socket !== undefined && this.#faults.delete(family)) {
      this.#deps.log.info('the relay can open relay sockets again', { address });
      this.#deps.onChange();
    }
    return socket;
  }

  #refused(family: Family, address: string, error: unknown): void {
    const code = codeOf(error);
    if (this.#faults.get(family) === code) return;
    this.#faults.set(family, code);
    this.#deps.log.error("the relay can't open relay sockets: nobody gets an allocation", { address, code });
    this.#deps.onChange();
  }
}
