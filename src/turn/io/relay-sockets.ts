import type { Log } from '../../lib/log.ts';
import type { Family } from '../codec/addresses.ts';
import type { DatagramReceiver, DatagramSocket, RelayIo } from '../core/relay-io.ts';
import { codeOf, type OpenUdp, openRelaySocket } from './udp.ts';

/** The address that relay sockets of each family are bound to; undefined if there is none. */
export type BoundAddresses = Record<Family, string | undefined>;

interface RelaySocketsDeps {
  readonly open: OpenUdp;
  readonly bound: BoundAddresses;
  readonly log: Log;
  /** Called when `faults` may have changed. */
  readonly onChange: () => void;
}

/** Opens relay sockets, and remembers a failure until one can be opened again. */
export class RelaySockets implements Pick<RelayIo, 'openRelay'> {
  readonly #deps: RelaySocketsDeps;
  #bound: BoundAddresses;
  readonly #faults = new Map<Family, string>();

  constructor(deps: RelaySocketsDeps) {
    this.#deps = deps;
    this.#bound = deps.bound;
  }

  /** Error codes for which relay sockets can't be opened, such as EADDRNOTAVAIL or EMFILE. */
  get faults(): readonly string[] {
    return [...new Set(this.#faults.values())];
  }

  /** Binds new sockets to these addresses. */
  setAddresses(bound: BoundAddresses): void {
    this.#bound = bound;
    this.#faults.clear();
  }

  openRelay(family: Family, port: number, receiver: DatagramReceiver): DatagramSocket | undefined {
    const address = this.#bound[family];
    if (address === undefined) return undefined;
    const socket = openRelaySocket(this.#deps.open, address, port, receiver, (error) =>
      this.#openFailed(family, address, error),
    );
    if (socket !== undefined && this.#faults.delete(family)) {
      this.#deps.log.info('the relay can open relay sockets again', { address });
      this.#deps.onChange();
    }
    return socket;
  }

  #openFailed(family: Family, address: string, error: unknown): void {
    const code = codeOf(error);
    if (this.#faults.get(family) === code) return;
    this.#faults.set(family, code);
    this.#deps.log.error("the relay can't open relay sockets, so nobody gets an allocation", {
      address,
      code,
    });
    this.#deps.onChange();
  }
}
