import type { CallPath, ClientPayload } from '../../protocol/events.ts';
import { ParleyClientError } from '../errors.ts';
import type { Clock } from '../signaling/clock.ts';
import type { ResumableSession } from '../signaling/resumable-session.ts';
import type { Account, PeerMessage, PeerStats, RemotePeer } from '../types.ts';
import type { CodecSupport, Codecs } from './codecs/codecs.ts';
import { Connection } from './connection.ts';
import type { ConnectionDeps, SendSignal, Side, Signal } from './connection-deps.ts';
import type { ConnectionFactory } from './connection-factory.ts';
import type { PlaceKeys } from './privacy/keyring.ts';
import type { LocalTracks } from './published-tracks.ts';
import type { SdpRules } from './sdp/rules.ts';

/** Tries of one message that the server refuses with `rate_limited`. */
const TRIES = 5;
/** Milliseconds between them, if the server names no pause. */
const RETRY_MS = 1_000;

/** Refusals that are not reported: the peer or the session is gone, which an event of its own tells. */
const UNREPORTED: readonly string[] = ['peer_gone', 'not_in_room', 'session_lost', 'closed'];

export interface CallDeps {
  readonly session: ResumableSession;
  readonly clock: Clock;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
  readonly connections: ConnectionFactory;
  /** Resolves when the connections have this side's certificate: none may be taken before. Undefined: they have no own. */
  readonly certified?: Promise<void> | undefined;
  readonly codecSupport: CodecSupport;
  /** The keys of the others in this place; undefined if this browser can't tell them. */
  readonly keys?: PlaceKeys | undefined;
  /** Who asks the server over HTTP. */
  readonly account: Pick<Account, 'baseUrl' | 'token'>;
}

interface LinkDeps extends Omit<CallDeps, 'account' | 'codecSupport'> {
  readonly tracks: LocalTracks;
  readonly rules: SdpRules;
  readonly codecs: Codecs;
  /** A peer asks for its pictures in another size than before. */
  readonly onAsked: () => void;
  /** A media path came up or was lost. */
  readonly onConnection: () => void;
  readonly statsOf: (peer: RemotePeer) => Promise<PeerStats>;
  readonly onData: (message: PeerMessage) => void;
  readonly onError: (error: unknown, remote?: RemotePeer) => void;
}

/** What a remote peer passes to its connection; the call adds the rest. */
export type ConnectionEvents = Pick<
  ConnectionDeps,
  | 'send'
  | 'onSenders'
  | 'onTracks'
  | 'onData'
  | 'onChannel'
  | 'onControlOpen'
  | 'onControl'
  | 'onState'
  | 'onError'
  | 'isReachable'
  | 'sendsMedia'
  | 'replace'
  | 'reportsPath'
  | 'tellPath'
>;

/** What the call uses of a connection. */
export type Link = Pick<
  Connection,
  | 'id'
  | 'channel'
  | 'control'
  | 'remoteId'
  | 'receiveOffer'
  | 'receiveAnswer'
  | 'receiveCandidates'
  | 'setTrack'
  | 'sender'
  | 'configure'
  | 'retry'
  | 'relayRestarted'
  | 'renewPath'
  | 'rebind'
  | 'level'
  | 'read'
  | 'fingerprints'
  | 'close'
>;

/** How a remote peer gets connections and is signaled to. */
export interface RemoteDeps {
  /** @throws whatever the browser throws if it can't create a connection */
  readonly connect: (events: ConnectionEvents, side: Side) => Link;
  readonly sendTo: (peerId: string) => SendSignal;
  /** Whether the server takes reports of paths [CA8]. */
  readonly reportsPath: () => boolean;
  readonly tellPath: (peerId: string, path: CallPath) => Promise<unknown>;
  readonly keys?: PlaceKeys | undefined;
  readonly clock: Clock;
  readonly onAsked: () => void;
  readonly onConnection: () => void;
  readonly statsOf: (peer: RemotePeer) => Promise<PeerStats>;
  readonly onData: (message: PeerMessage) => void;
  readonly onError: (error: unknown, remote: RemotePeer) => void;
}

/**
 * Sends a signal, up to `TRIES` times while the server says `rate_limited`. Resolves when the server has passed it on.
 * @throws ParleyClientError the server's code, `session_lost`, `closed`, `too_large`
 */
export async function sendSignal<S extends Signal>(
  { session, clock }: Pick<CallDeps, 'session' | 'clock'>,
  signal: S,
  payload: ClientPayload<S>,
  tries = TRIES,
): Promise<void> {
  try {
    await session.request(signal, payload);
  } catch (error) {
    const again = error instanceof ParleyClientError && error.code === 'rate_limited' && tries > 1;
    if (!again) throw error;
    await new Promise<void>((resolve) => clock.after(error.retryAfterMs ?? RETRY_MS, resolve));
    await sendSignal({ session, clock }, signal, payload, tries - 1);
  }
}

export function createRemoteDeps(deps: LinkDeps): RemoteDeps {
  const { session, clock, random, connections, tracks, rules, codecs } = deps;
  const { onAsked, onConnection, statsOf, onData, onError } = deps;
  return {
    connect(events, side) {
      const isReachable = () => session.state === 'live' && events.isReachable();
      return new Connection(
        {
          peer: connections.take(),
          ...{ clock, random, tracks, rules, codecs, ...events, isReachable },
          onDoubt: () => session.nudge(),
        },
        side,
      );
    },
    sendTo: (peerId) => (signal, payload) => {
      sendSignal(deps, signal, { ...payload, to: peerId }).catch((error: unknown) => {
        const isTold = error instanceof ParleyClientError && UNREPORTED.includes(error.code);
        if (!isTold) onError(error);
      });
    },
    reportsPath: () => session.state === 'live' && session.welcome?.features.includes('call-path') === true,
    tellPath: (to, path) => session.request('call:path', { to, path }),
    keys: deps.keys,
    clock,
    onAsked,
    onConnection,
    statsOf,
    onData,
    onError,
  };
}
