import { Approach } from './call/approach.ts';
import { ConnectionFactory } from './call/connection-factory.ts';
import { DirectCalls } from './call/direct/direct-calls.ts';
import { PairCall } from './call/direct/pair-call.ts';
import type { CallDeps } from './call/link.ts';
import { baseConfiguration } from './call/paths.ts';
import { certify, placeKeys } from './call/privacy/keyring.ts';
import { RoomCall } from './call/room-call.ts';
import { ParleyClientError } from './errors.ts';
import { originOf } from './http.ts';
import { browserPlatform, type Platform } from './platform.ts';
import { Emitter } from './signaling/emitter.ts';
import { ResumableSession } from './signaling/resumable-session.ts';
import type {
  Call,
  CallOptions,
  Client,
  ClientEvents,
  ClientState,
  ConnectOptions,
  DirectCall,
  JoinOptions,
  User,
} from './types.ts';

export type { Platform } from './platform.ts';

/** Default for `ConnectOptions.timeoutMs`. */
const CONNECT_MS = 10_000;

/**
 * Opens a session, and keeps it open until `close()`.
 * @throws ParleyClientError `unauthorized`, `too_many_sessions`; `network` if the server can't be reached within
 *   `timeoutMs`; `unsupported` if the runtime has no WebSocket and none was passed
 * @throws TypeError if `baseUrl` is missing outside a page
 * @example
 * const client = await connect({ token: account.token });
 * @example
 * import { WebSocket } from 'ws'; // Node before 22
 * const client = await connect({ baseUrl: 'https://calls.example.org', token, WebSocket });
 */
export function connect(options: ConnectOptions): Promise<Client> {
  return openClient(options, browserPlatform());
}

/** `connect` on any platform. */
export async function openClient(options: ConnectOptions, platform: Platform): Promise<Client> {
  const WebSocket = options.WebSocket ?? platform.WebSocket;
  if (typeof WebSocket !== 'function') {
    throw new ParleyClientError(
      'unsupported',
      'This runtime has no WebSocket. Use a current browser, or Node 22 or later; else pass one, such as that of the package "ws": connect({ WebSocket, … }).',
    );
  }
  const { token } = options;
  const account: CallDeps['account'] = {
    baseUrl: originOf(options.baseUrl),
    token: async (fresh = false) => (typeof token === 'string' ? token : token(fresh)),
  };
  const approach = options.next && new Approach({ ...platform, account }, options.next);
  const session = new ResumableSession({
    url: `${originOf(options.baseUrl).replace(/^http/, 'ws')}/ws`,
    token: options.token,
    WebSocket,
    clock: platform.clock,
    random: platform.random,
  });
  const timeoutMs = options.timeoutMs ?? CONNECT_MS;
  const { signal } = options;
  const giveUp = (): void =>
    session.close(new ParleyClientError('closed', 'Connecting was given up: the signal was aborted.'));
  signal?.addEventListener('abort', giveUp);
  await new Promise<void>((resolve, reject) => {
    const cancel = platform.clock.after(timeoutMs, () => {
      session.close(
        new ParleyClientError('network', `The server could not be reached within ${timeoutMs} ms.`),
      );
    });
    session.on('state', (state) => {
      if (state !== 'live') return;
      cancel();
      resolve();
    });
    session.on('closed', (error) => {
      cancel();
      void approach?.giveUp();
      reject(signal?.aborted === true ? signal.reason : error);
    });
    if (signal?.aborted === true) giveUp();
  }).finally(() => signal?.removeEventListener('abort', giveUp));
  return new SessionClient(session, account, platform, approach);
}

class SessionClient implements Client {
  readonly #session: ResumableSession;
  readonly #account: CallDeps['account'];
  readonly #platform: Platform;
  readonly #emitter = new Emitter<ClientEvents>();
  readonly #direct: DirectCalls;
  #approach: Approach | undefined;
  #call: RoomCall | PairCall | undefined;
  /** Settles when the server knows that the last room was left; undefined from then on. */
  #leaving: Promise<void> | undefined;

  readonly on = this.#emitter.on;
  readonly once = this.#emitter.once;

  constructor(
    session: ResumableSession,
    account: CallDeps['account'],
    platform: Platform,
    approach: Approach | undefined,
  ) {
    this.#approach = approach;
    this.#session = session;
    this.#account = account;
    this.#platform = platform;
    this.#direct = new DirectCalls({
      session,
      account,
      clock: platform.clock,
      begin: (user, options) =>
        this.#begin(options, `user ${user.userId}`, (deps) => new PairCall(deps, user, options)),
      current: () => (this.#call instanceof PairCall ? this.#call : undefined),
      isInRoom: (peerId) =>
        this.#leaving !== undefined || (this.#call instanceof RoomCall && this.#call.peers.has(peerId)),
      onCall: (incoming) => this.#emitter.emit('call', incoming),
    });
    const stopWaking = platform.onWake((moved) => {
      session.nudge(moved);
      this.#call?.retryConnections(moved ? 'own' : 'unknown');
    });
    session.on('state', () => this.#emitter.emit('state', this.state));
    session.on('message', (message) => {
      if (message.event === 'user:status') this.#emitter.emit('status', message.payload);
    });
    session.on('closed', (error) => {
      stopWaking();
      this.#emitter.emit('closed', error);
    });
  }

  get state(): ClientState {
    const { state } = this.#session;
    return state === 'connecting' ? 'reconnecting' : state;
  }

  get peerId(): string {
    return this.#welcome().peerId;
  }

  get user(): User {
    return this.#welcome().user;
  }

  async join(roomId: string, options: JoinOptions = {}): Promise<Call> {
    options.signal?.throwIfAborted();
    const approach = this.#approach;
    this.#approach = undefined;
    try {
      const ready = approach && (await approach.connectionsFor(roomId, options));
      const call = await this.#enter(roomId, options, ready);
      approach?.arrived();
      return call;
    } catch (error) {
      await approach?.giveUp();
      throw error;
    }
  }

  async #enter(roomId: string, options: JoinOptions, ready: ConnectionFactory | undefined): Promise<Call> {
    let certified: Promise<void> | undefined;
    const call = this.#begin(
      options,
      `room ${roomId}`,
      (deps) => {
        certified = deps.certified;
        return new RoomCall(deps, roomId, options);
      },
      ready,
    );
    call.on('ended', () => {
      const { leaving } = call;
      this.#leaving = leaving;
      void leaving?.then(() => {
        if (this.#leaving === leaving) this.#leaving = undefined;
      });
    });
    // What the server says until then is about the room before.
    await Promise.all([this.#leaving, certified]);
    const { signal } = options;
    const giveUp = (): void => void call.leave();
    signal?.addEventListener('abort', giveUp);
    try {
      const entering = call.enter();
      if (signal?.aborted === true) giveUp();
      await entering;
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
    return call;
  }

  call(userId: string, options: CallOptions = {}): Promise<DirectCall> {
    return this.#direct.call(userId, options);
  }

  close(): void {
    this.#session.close();
  }

  /**
   * Creates the client's call; it has one at a time.
   * @param ready connections that were made ahead, with their certificate
   * @param place as `CertificateOwner.place`
   * @throws ParleyClientError `already_in_room`, `unsupported`
   * @throws TypeError if a track is of the wrong kind
   */
  #begin<C extends RoomCall | PairCall>(
    options: Pick<JoinOptions, 'rtc' | 'hideAddress'>,
    place: string,
    create: (deps: CallDeps) => C,
    ready?: ConnectionFactory,
  ): C {
    if (this.#call !== undefined) {
      ready?.close();
      throw new ParleyClientError('already_in_room', 'This client is in a call already; leave it first.');
    }
    const { clock, random, RTCPeerConnection, keyring, codecSupport } = this.#platform;
    const connections = ready ?? new ConnectionFactory(RTCPeerConnection(), baseConfiguration(options));
    const owner = { baseUrl: this.#account.baseUrl, userId: this.#session.welcome?.user.id ?? '', place };
    const certified = ready || !keyring ? undefined : certify(keyring, connections, owner);
    const keys = keyring && placeKeys(keyring, owner);
    const own = { session: this.#session, account: this.#account, codecSupport: codecSupport() };
    const deps = { ...own, clock, random, connections, certified, keys };
    try {
      const call = create(deps);
      const begun: RoomCall | PairCall = call;
      this.#call = begun;
      const end = (): void => {
        this.#call = undefined;
      };
      if (begun instanceof PairCall) begun.once('ended', end);
      else begun.once('ended', end);
      return call;
    } catch (error) {
      connections.close();
      throw error;
    }
  }

  #welcome() {
    const { welcome } = this.#session;
    if (welcome === undefined)
      throw new ParleyClientError('closed', 'The session has not begun yet; wait for connect().');
    return welcome;
  }
}
