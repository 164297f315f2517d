import type { LogLevel } from '../../lib/log.ts';
import type { RelayConf } from '../conf/relay-conf.ts';
import type { RelayStats } from '../core/stats.ts';
import type { Certificate } from '../io/stream.ts';
import type { MachineAddresses } from './machine-addresses.ts';
import type { RelayProblem } from './problems.ts';

/** What a relay thread is started with; it passes through a structured clone. */
export interface ThreadInit {
  readonly conf: RelayConf;
  readonly addresses: MachineAddresses;
  readonly certificate: Certificate | undefined;
  /** 0: any free one. A thread that replaces another gets the ports that the first one found. */
  readonly port: number;
  readonly tlsPort: number;
  /** Ports of this process that are never a peer. */
  readonly ownPorts: readonly number[];
  /** Users whose credentials don't count any more. */
  readonly revoked: readonly string[];
}

export type ToThread =
  | { readonly kind: 'revoke'; readonly name: string }
  /** This machine has other addresses now. */
  | { readonly kind: 'addresses'; readonly addresses: MachineAddresses }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'close' };

export type FromThread =
  | { readonly kind: 'listening'; readonly port: number; readonly tlsPort: number | undefined }
  /** It could not listen, and ends. */
  | { readonly kind: 'refused'; readonly message: string }
  /** All that is wrong in the thread now; what was said before no longer holds. */
  | { readonly kind: 'problems'; readonly problems: readonly RelayProblem[] }
  | { readonly kind: 'stats'; readonly stats: RelayStats }
  | {
      readonly kind: 'log';
      readonly level: Exclude<LogLevel, 'silent'>;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>> | undefined;
    };
