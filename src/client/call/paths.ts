import type { IceServer } from '../../protocol/fields.ts';
import { ParleyClientError } from '../errors.ts';
import type { JoinOptions } from '../types.ts';
import type { ConnectionFactory } from './connection-factory.ts';
import type { Link } from './link.ts';

interface PathsDeps {
  readonly connections: ConnectionFactory;
  readonly links: () => readonly Link[];
  readonly options: JoinOptions;
  readonly onError: (error: unknown) => void;
}

/** The configuration of every connection, before the server has named its ICE servers. */
export function baseConfiguration({ rtc }: JoinOptions): RTCConfiguration {
  return { iceTransportPolicy: rtc?.iceTransportPolicy ?? 'all', bundlePolicy: 'max-bundle' };
}

/** Which ICE servers and candidates a call's connections use: a room may ask for relay candidates only. */
export class Paths {
  readonly #deps: PathsDeps;
  #servers: readonly IceServer[] = [];
  #relayOnly = false;

  constructor(deps: PathsDeps) {
    this.#deps = deps;
  }

  /** Call it on entry, before there are connections. */
  enter(servers: readonly IceServer[], relayOnly: boolean): void {
    const changed = this.#relayOnly !== relayOnly;
    this.#relayOnly = relayOnly;
    this.setServers(servers);
    if (changed) for (const link of this.#deps.links()) link.renewPath();
  }

  setServers(servers: readonly IceServer[]): void {
    this.#servers = servers;
    const { connections, links, options, onError } = this.#deps;
    const policy = this.#relayOnly ? 'relay' : baseConfiguration(options).iceTransportPolicy;
    for (const { url, cause } of connections.configure(servers, links(), policy)) {
      const text = `This browser refuses the ICE server ${url}; it is left out.`;
      onError(new ParleyClientError('unsupported', text, { cause }));
    }
  }

  /** Connections that are open look for another path if this changes. */
  setRelayOnly(relayOnly: boolean): void {
    if (relayOnly !== this.#relayOnly) this.enter(this.#servers, relayOnly);
  }
}
