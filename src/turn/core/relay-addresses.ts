import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { RelayConf } from '../conf/relay-conf.ts';
import type { RelayIo } from './relay-io.ts';

export interface EngineDeps {
  readonly conf: RelayConf;
  readonly addresses: RelayAddresses;
  readonly io: RelayIo;
  readonly clock: Clock;
  readonly log: Log;
  readonly randomBytes: (size: number) => Buffer;
}

/** Which addresses are ours, found out by `relay.ts` from the settings and the interfaces. */
export interface RelayAddresses {
  /** The public address of relay sockets, told to clients as XOR-RELAYED-ADDRESS; undefined: no such family. */
  readonly relayed4: string | undefined;
  readonly relayed6: string | undefined;
  /** Every address of this machine and every public one that leads to it: peers there are ours or denied. */
  readonly own: readonly string[];
  /** Ports of our own that listen, whatever the transport: TURN, TLS, HTTP. Never a peer, on any own address. */
  readonly listenerPorts: readonly number[];
}
