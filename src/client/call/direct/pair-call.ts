import type { ServerPayload } from '../../../protocol/events.ts';
import { SEND_KINDS } from '../../../protocol/room-fields.ts';
import { ParleyClientError } from '../../errors.ts';
import { Emitter } from '../../signaling/emitter.ts';
import type { ServerMessage } from '../../signaling/frames.ts';
import type {
  DirectCall,
  DirectCallEvents,
  DirectCallOptions,
  DirectEndReason,
  IncomingCall,
  RemotePeer,
} from '../../types.ts';
import { CallMedia } from '../call-media.ts';
import { asClientError } from '../end-reasons.ts';
import type { Whose } from '../ice-recovery.ts';
import type { CallDeps } from '../link.ts';
import { MediaCall } from '../media-call.ts';
import { sendData } from '../send-data.ts';
import type { DirectRemote } from './direct-remote.ts';
import { FarEnd, type Ringing } from './far-end.ts';
import { hangupReasonOf, refusalOf } from './hangups.ts';
import { IceServers } from './ice-servers.ts';

/** Max time (ms) that `leave` waits for the server. */
const LEAVE_MS = 2_000;

/** A call between two users [CA6]. */
export class PairCall extends MediaCall implements DirectCall {
  readonly #deps: CallDeps;
  readonly #emitter = new Emitter<DirectCallEvents>();
  readonly #media: CallMedia;
  readonly #servers: IceServers;
  readonly #other: FarEnd;
  #off: readonly (() => void)[] = [];
  /** Settles `call` or `answer`. */
  #beginning: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  #ended = false;

  readonly on = this.#emitter.on;
  readonly once = this.#emitter.once;
  readonly send: DirectCall['send'] = (...message) =>
    sendData({ peers: this.#remotes, isOver: () => this.#ended }, ...message);

  /** @throws TypeError if a track is of the wrong kind */
  constructor(deps: CallDeps, user: IncomingCall['from'], options: DirectCallOptions) {
    super();
    this.#deps = deps;
    const onError = (error: unknown) => this.#report(error);
    this.#media = new CallMedia({
      ...deps,
      remotes: () => [this.#other.remote ?? []].flat(),
      options,
      onMedia: (media) => {
        this.#other.tellMedia();
        this.#emitter.emit('media', media);
      },
      onData: (message) => this.#emitter.emit('data', message),
      emit: {
        uplink: (uplink) => this.#emitter.emit('uplink', uplink),
        line: (line) => this.#emitter.emit('line', line),
      },
      onError,
    });
    this.#servers = new IceServers({
      ...deps,
      onServers: (servers) => this.#media.paths.setServers(servers),
      onError,
    });
    this.#other = new FarEnd(
      {
        ...deps,
        remoteDeps: () => this.#media.remoteDeps,
        media: () => this.#media.own.media,
        onAnswered: () => this.#beginning?.resolve(),
        onRefused: (error) => this.#end('connection_lost', error),
        onError,
      },
      user,
    );
    this.#media.own.permit(SEND_KINDS);
  }

  get peer(): RemotePeer {
    const { remote } = this.#other;
    if (remote !== undefined) return remote;
    throw new ParleyClientError('not_in_room', 'The call has not begun yet; wait for call().');
  }
  get peers(): ReadonlyMap<string, RemotePeer> {
    return this.#remotes;
  }
  get peerId(): string {
    return this.#deps.session.welcome?.peerId ?? '';
  }
  protected get callMedia(): CallMedia {
    return this.#media;
  }

  /** Whether that session is at the other end. */
  isWith(peerId: string): boolean {
    return !this.#ended && this.#other.isWith(peerId);
  }

  /** Whether this side calls that user, and nobody has answered. */
  isCalling(userId: string): boolean {
    return !this.#ended && this.#other.isCalling(userId);
  }

  /**
   * Resolves when a session of the user has answered.
   * @param named the user with its names
   * @throws ParleyClientError as `Client.call`
   */
  call(named: Promise<IncomingCall['from']>): Promise<void> {
    return this.#begin(named, (user) => this.#other.call(user));
  }

  /**
   * Resolves when the server has passed the answer on.
   * @param latest returns what the caller has sent so far
   * @throws ParleyClientError as `IncomingCall.accept`
   */
  answer(latest: () => Ringing): Promise<void> {
    this.#other.expect(latest().peerId);
    return this.#begin(undefined, () => this.#other.answer(latest()));
  }

  /** As `RoomCall.retryConnections`. */
  retryConnections(whose: Whose): void {
    this.#other.remote?.retry(whose);
  }

  leave(): Promise<void> {
    const left = new ParleyClientError('closed', 'The call was left before it began.');
    return this.hangUp('user_hangup', left);
  }

  /** Ends the call for both. @param error what `call` or `answer` rejects with if it is under way */
  async hangUp(reason: 'user_hangup' | 'invite_timeout', error: unknown): Promise<void> {
    if (this.#ended) return;
    const { session, clock } = this.#deps;
    // If there is nobody left, there is nothing to end.
    const told = session.request('call:hangup', { ...this.#other.address, reason }).catch(() => {});
    this.#end('left', error);
    await Promise.race([told, new Promise<void>((resolve) => clock.after(LEAVE_MS, resolve))]);
  }

  get #remotes(): ReadonlyMap<string, DirectRemote> {
    const { remote } = this.#other;
    return new Map(remote === undefined || this.#ended ? [] : [[remote.peerId, remote]]);
  }

  async #begin<Value>(needed: Promise<Value> | Value, connect: (value: Value) => void): Promise<void> {
    const { session, certified } = this.#deps;
    const lost = new ParleyClientError('session_lost', 'The session could not be resumed: the call is over.');
    this.#off = [
      session.on('message', (message) => this.#handle(message)),
      session.on('renewed', () => this.#end('connection_lost', lost)),
      session.on('state', (state) => state === 'live' && this.retryConnections('own')),
      session.on('closed', (error) => this.#end('connection_lost', error)),
    ];
    const begun = new Promise<void>((resolve, reject) => {
      this.#beginning = { resolve, reject };
    });
    Promise.all([needed, this.#servers.start(), certified])
      .then(([value]) => {
        const { refusal } = this.#media.paths;
        if (refusal !== undefined) throw refusal;
        if (!this.#ended) connect(value);
      })
      .catch((error: unknown) => this.#end('connection_lost', error));
    await begun;
    this.#beginning = undefined;
  }

  #handle(message: ServerMessage): void {
    if (message.event === 'call:hangup') this.#handleHangup(message.payload);
    else if (message.event === 'relay:restarted') this.#other.remote?.connection?.relayRestarted();
    else this.#other.handle(message);
  }

  #handleHangup({ from, fromUserId, reason }: ServerPayload<'call:hangup'>): void {
    if (this.#other.isWith(from) || this.#other.isCalling(fromUserId))
      this.#end(hangupReasonOf(reason), refusalOf(reason));
  }

  /** Reports in a later task, because the application can't listen before `call` resolves. */
  #report(error: unknown): void {
    this.#deps.clock.after(0, () => this.#emitter.emit('error', asClientError(error), this.#other.remote));
  }

  #end(reason: DirectEndReason, error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const off of this.#off) off();
    this.#servers.stop();
    this.#other.close();
    this.#deps.connections.close();
    this.#media.end();
    this.#beginning?.reject(error);
    const cause = reason === 'connection_lost' ? asClientError(error) : undefined;
    this.#emitter.emit('ended', reason, cause);
  }
}
