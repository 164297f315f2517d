import type { Engine } from '../core/engine.ts';
import type { StreamConnection } from '../core/relay-io.ts';
import type { Accept } from './stream.ts';

/** The TCP and TLS connections of clients, by the address of this machine that each came to. */
export class LocalConnections {
  readonly #engine: Pick<Engine, 'connection'>;
  readonly #localOf = new Map<StreamConnection, string>();

  constructor(engine: Pick<Engine, 'connection'>) {
    this.#engine = engine;
  }

  readonly accept: Accept = (connection, from, local) => {
    const receiver = this.#engine.connection(connection, from);
    this.#localOf.set(connection, local.address);
    return {
      data: (chunk) => receiver.data(chunk),
      closed: () => {
        this.#localOf.delete(connection);
        receiver.closed();
      },
    };
  };

  /** The addresses are gone: nothing can come from these connections, and nothing can reach them. */
  closeAt(addresses: ReadonlySet<string>): void {
    for (const [connection, local] of this.#localOf) if (addresses.has(local)) connection.close();
  }
}
