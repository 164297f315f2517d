import type { LogLevel } from '../../lib/log.ts';
import type { RelayConf } from '../conf/relay-conf.ts';
import type { RelayStats } from '../core/stats.ts';
import type { Certificate } from '../io/stream.ts';
import type { MachineAddresses } from './machine-addresses.ts';
import type { RelayProblem } from './relay-status.ts';

/** What a relay thread starts with; passed by structured clone. */
export interface ThreadInit {
  readonly conf: RelayConf;
  readonly addresses: MachineAddresses;
  readonly certificate: Certificate | undefined;
  /** 0: any free one. A replacement thread gets the ports that the first one found. */
  readonly port: number;
  readonly tlsPort: number;
  /** Ports of this process, which are never a peer. */
  readonly ownPorts: readonly number[];
  /** Users whose credentials were revoked. */
  readonly revoked: readonly string[];
}

export type ToThread =
  | { readonly kind: 'revoke'; readonly name: string }
  /** This machine's addresses have changed. */
  | { readonly kind: 'addresses'; readonly addresses: MachineAddresses }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'close' };

export type FromThread =
  | { readonly kind: 'listening'; readonly port: number; readonly tlsPort: number | undefined }
  /** The thread couldn't listen, and ends. */
  | { readonly kind: 'refused'; readonly message: string }
  /** All current problems of the thread; replaces earlier ones. */
  | { readonly kind: 'problems'; readonly problems: readonly RelayProblem[] }
  | { readonly kind: 'stats'; readonly stats: RelayStats }
  | {
      readonly kind: 'log';
      readonly level: Exclude<LogLevel, 'silent'>;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>> | undefined;
    };
