import type { Engine } from '../core/engine.ts';
import type { StreamConnection } from '../core/relay-io.ts';
import type { Accept } from './stream.ts';

/** TCP and TLS connections of clients by the address of this machine that they were made to. */
export class LocalConnections {
  readonly #engine: Pick<Engine, 'addConnection'>;
  readonly #localAddresses = new Map<StreamConnection, string>();

  constructor(engine: Pick<Engine, 'addConnection'>) {
    this.#engine = engine;
  }

  readonly accept: Accept = (connection, client, local) => {
    const receiver = this.#engine.addConnection(connection, client);
    this.#localAddresses.set(connection, local.address);
    return {
      data: (chunk) => receiver.data(chunk),
      closed: () => {
        this.#localAddresses.delete(connection);
        receiver.closed();
      },
    };
  };

  /** Closes connections to addresses that are gone: nothing can come from them or reach them. */
  closeAt(addresses: ReadonlySet<string>): void {
    for (const [connection, local] of this.#localAddresses) if (addresses.has(local)) connection.close();
  }
}
