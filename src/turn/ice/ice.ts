import type { Publisher } from '../../domain/events.ts';
import type { Identity } from '../../domain/identity.ts';
import type { PeerId } from '../../domain/ids.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { readTurnserverConf } from '../conf/turnserver-conf.ts';
import { TEST_SECONDS, testName } from '../core/allocations/test-users.ts';
import { Counters, type RelayStats } from '../core/stats.ts';
import { createRelay, type Relay } from '../thread/relay.ts';
import type { RelayProblem } from '../thread/relay-status.ts';
import type { ServerPair } from '../thread/server-pair.ts';
import { createCallNames } from './call-names.ts';
import { createIceServers, type IceGrant, type IceSource } from './ice-servers.ts';

/** Seconds for which TURN credentials open new allocations. */
export const TURN_CREDENTIAL_SECONDS = 3_600;

/** The embedded relay, if it is enabled, and the ICE servers that clients get. */
export interface Ice {
  /** For a session; valid until it expires or `revokePeer`. */
  forPeer(peerId: PeerId): IceGrant;
  /**
   * For an HTTP client: credentials of its session, valid until `revokePeer`; of its login, valid until `revokeLogin`; or only
   * STUN.
   * @param requestHost the client's Host header
   */
  forIdentity(identity: TokenHolder, right: Right, requestHost: string): IceGrant;
  /**
   * For anybody, to try the relay: valid for a minute, and good for nothing else (`core/allocations/test-users.ts`). Only STUN if
   * clients get another relay than this one, which would take them for any user's.
   * @param requestHost the client's Host header
   */
  forTest(requestHost: string): IceGrant;
  /** Ends the credentials of a peer that left its call, and their allocations. */
  revokePeer(peerId: PeerId): void;
  /** The credentials of a place that was held are the peer's from now on: they end with the peer's call. */
  passOn(placeId: PeerId, peerId: PeerId): void;
  /** Ends the credentials that a login got by HTTP. */
  revokeLogin(loginId: string): void;
  /** Whether clients get a TURN server, this one's or another. */
  readonly hasRelay: boolean;
  /** Reads the relay's certificate again and checks the machine's addresses. */
  reload(): void;
  /** Empty if the relay works as its settings say, or is off. */
  problems(): readonly RelayProblem[];
  /** All 0 if the relay is off. */
  stats(): RelayStats;
  close(): Promise<void>;
}

type TokenHolder = Pick<Identity, 'userId' | 'loginId'>;

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
  /** `TURN_URLS`: told to clients instead of the relay's own. */
  readonly urls: readonly string[];
  readonly publicUrl: string | undefined;
  /** TCP and UDP ports of this process, such as HTTP's, which are never a peer. */
  readonly ownPorts: readonly number[];
  /** The server's own certificate, for TLS if turnserver.conf names none. */
  readonly serverPair: ServerPair;
  /** Returns the secret for credentials if turnserver.conf has none. */
  readonly ownSecret: () => string | Promise<string>;
  /** Returns a new unique id. */
  readonly unique: () => string;
  readonly events: Publisher;
  readonly clock: Clock;
  readonly log: Log;
}

/** @throws StartError if turnserver.conf is invalid or the relay can't listen */
export async function startIce({
  enabled,
  configPath,
  urls,
  publicUrl,
  ownSecret,
  unique,
  events,
  ...deps
}: IceDeps): Promise<Ice> {
  const conf = readTurnserverConf(configPath, deps.log);
  const secret = conf.staticAuthSecrets[0] ?? (await ownSecret());
  const onRestarted = () => events.publish('relay.restarted', {});
  const relay = enabled ? createRelay({ ...deps, conf, secret, onRestarted }) : undefined;
  const source = await listen(relay, urls, publicUrl);
  const grant = createIceServers({ ...deps, source, secret, lifetimeSeconds: TURN_CREDENTIAL_SECONDS });
  const names = createCallNames();
  const nameFor = ({ userId, loginId }: TokenHolder, right: Right): string | undefined => {
    if (right.kind === 'none') return undefined;
    return right.kind === 'session' ? names.of(right.peerId) : (loginId ?? userId);
  };
  return {
    forPeer: (peerId) => grant(names.of(peerId)),
    forIdentity: (identity, right, requestHost) => grant(nameFor(identity, right), requestHost),
    forTest: (requestHost) =>
      grant(source.kind === 'urls' ? undefined : testName(unique()), requestHost, TEST_SECONDS),
    passOn: names.passOn,
    revokePeer: (peerId) => relay?.revoke(names.end(peerId)),
    revokeLogin: (loginId) => relay?.revoke(loginId),
    hasRelay: source.kind === 'embedded' || source.urls.some((url) => url.startsWith('turn')),
    reload: () => relay?.reload(),
    problems: () => relay?.problems() ?? [],
    stats: () => relay?.stats() ?? new Counters().snapshot(0, 0),
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
