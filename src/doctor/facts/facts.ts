import type { Config, Environment } from '../../config/config.ts';
import type { Clock } from '../../lib/clock.ts';
import type { DoctorAnswer } from '../../lib/doctor-proof.ts';
import type { Inspection } from '../../store/contract.ts';
import type { RelayConf } from '../../turn/conf/relay-conf.ts';
import type { Interfaces, MachineAddresses } from '../../turn/thread/machine-addresses.ts';
import type { Reached } from '../io/http-probe.ts';
import type { SeenCertificate } from '../io/seen-certificate.ts';
import type { TurnTransport } from '../io/turn-wire.ts';

/** The settings, and what is wrong with them. What is wrong is left at its default, so that the rest can be examined. */
export interface SettingsFacts {
  readonly config: Config;
  /** A sentence for each wrong variable. */
  readonly faults: readonly string[];
}

/** The relay's settings, and what is wrong with them; a wrong line is left out. */
export interface RelayFacts {
  readonly conf: RelayConf;
  readonly path: string;
  /** Whether there is a turnserver.conf. */
  readonly isFile: boolean;
  /** A sentence for each wrong line, with its number. */
  readonly faults: readonly string[];
  /** Lines that coturn reads otherwise, or that have no effect here. */
  readonly notes: readonly string[];
}

/** What is at the server's own address on this machine. */
export type ServerFacts =
  | { readonly kind: 'none'; readonly url: URL }
  /** None; the doctor answers in its place. */
  | { readonly kind: 'stand_in'; readonly url: URL; readonly secret: string }
  /** Another program. */
  | { readonly kind: 'other'; readonly url: URL; readonly said: string }
  /** A Parley that gives no proof: it uses another database, or this user can't read the database. */
  | { readonly kind: 'unproven'; readonly url: URL; readonly hasSecret: boolean }
  | { readonly kind: 'parley'; readonly url: URL; readonly secret: string; readonly answer: DoctorAnswer };

/** What `PUBLIC_URL` leads to. */
export type PublicFacts =
  | { readonly kind: 'not_set' }
  | { readonly kind: 'unresolved'; readonly url: URL; readonly message: string }
  | {
      readonly kind: 'resolved';
      readonly url: URL;
      readonly addresses: readonly string[];
      readonly reached: Reached;
      /** The server's proof that the request reached it; undefined if another server answered. */
      readonly answer: DoctorAnswer | undefined;
    };

export interface ClockComparison {
  /** The setting whose server was asked. */
  readonly setting: string;
  /** Milliseconds that this machine's clock is ahead of that server's; negative if it is behind. */
  readonly aheadMs: number;
}

export interface ClockFacts {
  readonly comparisons: readonly ClockComparison[];
  /** Settings whose servers didn't tell their time. */
  readonly silent: readonly string[];
  /** The time in milliseconds since 1970, by another's clock if this machine's differs from it. */
  readonly now: () => number;
  /** By this machine's clock. */
  readonly own: () => number;
  readonly isOff: boolean;
}

/** Where clients are sent for one transport. */
export interface TurnUrl {
  readonly url: string;
  /** A name or address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What clients are told of TURN. */
export interface TurnFacts {
  /** `embedded`: this server's relay; `urls`: those of `TURN_URLS`; `off`: none. */
  readonly source: 'embedded' | 'urls' | 'off';
  readonly urls: Readonly<Partial<Record<TurnTransport, TurnUrl>>>;
  readonly machine: MachineAddresses;
}

/** How far a packet got. */
export type TurnOutcome = {
  /** undefined if there is no URL for the transport. */
  readonly url?: TurnUrl | undefined;
  readonly certificate?: SeenCertificate | undefined;
} & (
  | { readonly kind: 'looped'; readonly relayed: string }
  /** There is nothing to try, or what it takes is missing. */
  | { readonly kind: 'not_tried'; readonly why: string }
  | { readonly kind: 'unresolved'; readonly message: string }
  /** Packets or connections vanish. */
  | { readonly kind: 'silent' }
  /** The system or another program refuses. */
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'unauthorized' }
  /** `code`: of STUN. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  | { readonly kind: 'lost'; readonly relayed: string }
);

/** The database, without the layer that knows SQLite. */
export interface DatabaseProbe {
  inspect(path: string, budgetMs: number): Promise<Inspection>;
  /** Returns a setting that the server keeps there; undefined if there is none. */
  peek(path: string, name: string): string | undefined;
  note(path: string, name: string, value: string): boolean;
}

/** This machine; tests pass another. */
export interface DoctorMachine {
  readonly interfaces: () => Interfaces;
  /** File descriptors that this process may open; Infinity if there is no limit. */
  readonly descriptors: number;
  readonly nodeVersion: string;
  /** undefined if the C library isn't glibc. */
  readonly glibcVersion: string | undefined;
  /** undefined if there is none, as on Windows. */
  readonly userId: number | undefined;
}

export interface FactsDeps {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly machine: DoctorMachine;
  readonly database: DatabaseProbe;
}

/** What the checks look at. Each fact is found out once, when the first check asks for it. */
export interface Facts {
  readonly environment: Environment;
  readonly machine: DoctorMachine;
  readonly database: DatabaseProbe;
  readonly clock: Clock;
  readonly settings: SettingsFacts;
  readonly relay: RelayFacts;
  /** The server on this machine. */
  readonly server: () => Promise<ServerFacts>;
  /** What `PUBLIC_URL` leads to. */
  readonly publicUrl: () => Promise<PublicFacts>;
  readonly clocks: () => Promise<ClockFacts>;
  /** Where clients are sent for TURN. */
  readonly turn: () => Promise<TurnFacts>;
  readonly tryTurn: (transport: TurnTransport) => Promise<TurnOutcome>;
  /** The relay that the doctor runs while no server does; a sentence if it can't. */
  readonly standInRelay: () => Promise<{ readonly secret: string } | string>;
  /** Ends what stands in for the server. */
  readonly close: () => Promise<void>;
}
