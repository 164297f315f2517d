import type { PeerId } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { readTurnserverConf } from '../conf/turnserver-conf.ts';
import type { RelayStats } from '../core/stats.ts';
import type { RelayProblem } from '../thread/problems.ts';
import { createRelay, type Relay } from '../thread/relay.ts';
import { createCallNames } from './call-names.ts';
import { createIceServers, type IceGrant, type IceSource } from './ice-servers.ts';

/** Seconds that TURN credentials open new allocations. */
export const TURN_CREDENTIAL_SECONDS = 3_600;

/** The embedded relay, where it is on, and what clients are told of STUN and TURN. */
export interface Ice {
  /** For a session; good until `left`. */
  forPeer(peerId: PeerId): IceGrant;
  /**
   * For whoever asks by HTTP: credentials of its session, good until `left`; of its login, good until `loggedOut`; or
   * STUN alone.
   * @param requestHost the Host header by which the client reached us
   */
  forCaller(caller: Caller, right: Right, requestHost: string): IceGrant;
  /** The peer left its call: what it was given stops working. */
  left(peerId: PeerId): void;
  /** So does what this login was given by HTTP. */
  loggedOut(loginId: string): void;
  /** Reads the relay's certificate again. */
  reload(): void;
  /** What keeps the relay from doing all that its settings say; empty where there is none. */
  problems(): readonly RelayProblem[];
  /** undefined: there is no relay. */
  stats(): RelayStats | undefined;
  close(): Promise<void>;
}

/** As in `Identity`. */
interface Caller {
  readonly userId: string;
  /** null: the token is of another issuer, and can't be logged out. */
  readonly loginId: string | null;
}

/** As `TurnRight` of signaling. */
type Right =
  | { readonly kind: 'session'; readonly peerId: PeerId }
  | { readonly kind: 'login' }
  | { readonly kind: 'none' };

interface IceDeps {
  /** Whether to run the relay. */
  readonly enabled: boolean;
  /** Path of turnserver.conf. */
  readonly configPath: string;
  /** To be told to clients in place of the relay's own. */
  readonly urls: readonly string[];
  readonly publicUrl: string | undefined;
  /** TCP and UDP ports of this process that are never a peer: HTTP. */
  readonly ownPorts: readonly number[];
  /** The secret to make credentials with where turnserver.conf has none. */
  readonly ownSecret: () => string | Promise<string>;
  readonly clock: Clock;
  readonly log: Log;
}

/** @throws StartError when turnserver.conf is wrong or the relay can't listen */
export async function startIce({
  enabled,
  configPath,
  urls,
  publicUrl,
  ownSecret,
  ...deps
}: IceDeps): Promise<Ice> {
  const conf = readTurnserverConf(configPath, deps.log);
  const secret = conf.staticAuthSecrets[0] ?? (await ownSecret());
  const relay = enabled ? createRelay({ ...deps, conf, secret }) : undefined;
  const source = await listen(relay, urls, publicUrl);
  const grant = createIceServers({ ...deps, source, secret, lifetimeSeconds: TURN_CREDENTIAL_SECONDS });
  const names = createCallNames();
  const nameFor = ({ userId, loginId }: Caller, right: Right): string | undefined => {
    if (right.kind === 'none') return undefined;
    return right.kind === 'session' ? names.of(right.peerId) : (loginId ?? userId);
  };
  return {
    forPeer: (peerId) => grant(names.of(peerId)),
    forCaller: (caller, right, requestHost) => grant(nameFor(caller, right), requestHost),
    left: (peerId) => relay?.revoke(names.end(peerId)),
    loggedOut: (loginId) => relay?.revoke(loginId),
    reload: () => relay?.reload(),
    problems: () => relay?.problems() ?? [],
    stats: () => relay?.stats(),
    close: async () => relay?.close(),
  };
}

async function listen(
  relay: Relay | undefined,
  urls: readonly string[],
  publicUrl: string | undefined,
): Promise<IceSource> {
  const endpoint = await relay?.listen().catch(async (refusal: unknown) => {
    await relay.close();
    throw refusal;
  });
  if (endpoint === undefined || urls.length > 0) return { kind: 'urls', urls };
  return { kind: 'embedded', relay: endpoint, publicUrl };
}
