import { CLOSE } from '../../protocol/codes.ts';
import type { ClientEvent, ClientPayload, Welcome } from '../../protocol/events.ts';
import { LIMIT_DEFAULTS } from '../../protocol/limits.ts';
import { ParleyClientError } from '../errors.ts';
import type { TokenSource } from '../types.ts';
import { isFinal, type NextStep, ReconnectAdvice, stopError } from './after-close.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { Emitter } from './emitter.ts';
import { type ServerFrame, type ServerMessage, writeFrame } from './frames.ts';
import { watchLiveness } from './liveness.ts';
import type { Connected, Phase } from './phase.ts';
import { Receipts } from './receipts.ts';
import { Requests } from './requests.ts';
import { ABNORMAL_CLOSE, dial, type WebSocketConstructor } from './session-socket.ts';
import { Tokens } from './tokens.ts';

/** Milliseconds that a connection must hold before the next pause is the first again. */
const HELD_MS = 5_000;
/** Milliseconds until a failed renewal of the token is tried again. */
const RENEW_AGAIN_MS = 5_000;
/** Milliseconds since a connection or a dial began, before a moved network ends it: such signs come in bursts. */
const MOVED_MS = 1_000;

export interface SessionOptions {
  /** Such as `wss://calls.example.org/ws`. */
  readonly url: string;
  readonly token: TokenSource;
  readonly WebSocket: WebSocketConstructor;
  readonly clock: Clock;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
}

export type SessionState = 'connecting' | 'live' | 'reconnecting' | 'closed';

export type SessionEvents = {
  state: [state: SessionState];
  /** A message from the server: each once, in order, answers included. */
  message: [message: ServerMessage];
  /** A new session began, as the old one could not be resumed: its requests are lost. Comes before `live`. */
  renewed: [welcome: Welcome];
  closed: [error: ParleyClientError];
};

/** A session over one WebSocket after the other: nothing is lost, doubled or out of order [SE3]. */
export class ResumableSession {
  readonly #options: SessionOptions;
  readonly #emitter = new Emitter<SessionEvents>();
  readonly #requests = new Requests();
  readonly #receipts: Receipts;
  readonly #backoff: Backoff;
  readonly #tokens: Tokens;
  #advice = new ReconnectAdvice();
  #cancelRenewal = () => {};
  #phase: Phase;
  #welcome: Welcome | undefined;

  readonly on = this.#emitter.on;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#backoff = createBackoff(options.random);
    this.#tokens = new Tokens(options.token);
    this.#receipts = new Receipts({
      clock: options.clock,
      acknowledge: (seq) => this.tell('session:ack', { seq }),
    });
    this.#phase = { name: 'waiting', cancel: () => {} };
    this.#dialAfter(0);
  }

  get state(): SessionState {
    const { name } = this.#phase;
    if (name === 'live' || name === 'closed') return name;
    return this.#welcome === undefined ? 'connecting' : 'reconnecting';
  }

  /** The latest welcome; undefined before the first. */
  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  /**
   * Sends a message that the server must process exactly once, now or after a reconnect; resolves with its answer.
   * @throws ParleyClientError the server's code, `session_lost`, `closed`, `too_large`, `rate_limited`
   */
  request<Event extends ClientEvent>(event: Event, payload: ClientPayload<Event>): Promise<ServerMessage> {
    if (this.#phase.name === 'closed') return Promise.reject(this.#phase.error);
    return this.#requests.add(event, payload, {
      messageBytes: this.#welcome?.limits.messageBytes ?? LIMIT_DEFAULTS.messageBytes,
      send: (frame) => this.#send(frame),
    });
  }

  /** Sends a message that is only useful now. Returns false, and drops it, while disconnected. */
  tell<Event extends ClientEvent>(event: Event, payload: ClientPayload<Event>): boolean {
    return this.#send(writeFrame(event, payload));
  }

  /** Dials at once, or probes the connection: it may be dead. If the network has `moved`, an old connection is left. */
  nudge(moved = false): void {
    const last = this.#phase;
    if (last.name === 'closed') return;
    const isOld = last.name !== 'waiting' && this.#options.clock.now() - last.since >= MOVED_MS;
    if (last.name === 'waiting') last.cancel();
    else if (moved && isOld) this.#leave(last);
    else {
      if (last.name === 'live') last.liveness.probe();
      return;
    }
    this.#backoff.reset();
    this.#dialAfter(this.#backoff.next());
  }

  /** Ends the session, also on the server [SE2]. */
  close(error = new ParleyClientError('closed', 'This side closed the session.')): void {
    if (this.#phase.name === 'closed') return;
    const last = this.#phase;
    if (last.name === 'waiting') last.cancel();
    else last.socket?.hangUp(CLOSE.normal);
    if (last.name === 'live') last.liveness.stop();
    this.#receipts.stop();
    this.#cancelRenewal();
    this.#enter({ name: 'closed', error });
    this.#requests.failAll(error);
    this.#emitter.emit('closed', error);
  }

  #send(frame: string): boolean {
    if (this.#phase.name !== 'live') return false;
    this.#phase.socket.send(frame);
    return true;
  }

  #enter(phase: Phase): void {
    const before = this.state;
    this.#phase = phase;
    if (this.state !== before) this.#emitter.emit('state', this.state);
  }

  #dialAfter(ms: number): void {
    this.#enter({ name: 'waiting', cancel: this.#options.clock.after(ms, () => void this.#dial()) });
  }

  async #dial(): Promise<void> {
    const phase: Phase = { name: 'dialling', since: this.#options.clock.now(), socket: undefined };
    this.#enter(phase);
    try {
      const token = await this.#tokens.next();
      if (this.#phase !== phase) return;
      const { url, WebSocket, clock } = this.#options;
      phase.socket = dial({
        url,
        protocols: ['parley.v1', `token.${token}`, ...this.#resumeProtocol()],
        WebSocket,
        clock,
        onFrame: (frame) => this.#receive(frame),
        onLost: (code) => this.#reconnectAfter(code),
      });
    } catch (error) {
      if (this.#phase !== phase) return;
      if (isFinal(error)) this.close(error);
      else this.#dialAfter(this.#backoff.next());
    }
  }

  #resumeProtocol(): string[] {
    if (this.#welcome === undefined) return [];
    return [`resume.${this.#welcome.resumeToken}.${this.#receipts.lastSeq}`];
  }

  #receive({ seq, re, message }: ServerFrame): void {
    if (this.#phase.name === 'dialling') {
      if (message?.event === 'welcome') this.#goLive(message.payload);
      else
        this.close(new ParleyClientError('protocol_error', "The server doesn't speak protocol version 1."));
      return;
    }
    if (this.#phase.name !== 'live') return;
    this.#phase.liveness.noteFrame();
    const receipt = seq === undefined ? 'seen' : this.#receipts.record(seq);
    if (receipt === 'gap') this.#reconnect();
    if (receipt !== 'new') return;
    if (message !== undefined) this.#handle(message);
    if (re !== undefined) this.#requests.settle(re, message);
  }

  #goLive(welcome: Welcome): void {
    if (this.#phase.name !== 'dialling' || this.#phase.socket === undefined) return;
    const { socket } = this.#phase;
    const renewed = this.#welcome !== undefined && !welcome.resumed;
    socket.markWelcomed();
    this.#tokens.markAccepted();
    this.#advice = new ReconnectAdvice();
    this.#welcome = welcome;
    if (welcome.resumed) this.#receipts.markAcknowledged();
    else this.#receipts.restart();
    if (renewed)
      this.#requests.failAll(new ParleyClientError('session_lost', 'The session could not be resumed.'));
    for (const frame of this.#requests.unprocessed(welcome.lastId)) socket.send(frame);
    const liveness = watchLiveness({
      clock: this.#options.clock,
      heartbeatMs: welcome.heartbeatMs,
      sendProbe: () => this.tell('ping', {}),
      onDead: () => this.#reconnect(),
    });
    this.#phase = { name: 'live', socket, liveness, since: this.#options.clock.now() };
    if (renewed) this.#emitter.emit('renewed', welcome);
    if (this.#phase.name === 'live') this.#emitter.emit('state', 'live');
  }

  /** Does the session's own part of a message, then passes it on. */
  #handle(message: ServerMessage): void {
    this.#advice.note(message);
    if (message.event === 'session:expiring') void this.#renewToken();
    this.#emitter.emit('message', message);
  }

  /** [SE6] If this fails for good, the server closes with 4104, and the session asks for a token again. */
  async #renewToken(): Promise<void> {
    try {
      const token = await this.#tokens.renew();
      if (token !== undefined) await this.request('session:token', { token });
    } catch (error) {
      if (isFinal(error) || this.#phase.name !== 'live') return;
      // Soon, not at the close: after a lost answer, the old refresh token works for only 30 s more [TK5].
      this.#cancelRenewal = this.#options.clock.after(RENEW_AGAIN_MS, () => void this.#renewToken());
    }
  }

  /** Leaves a connection that is dead or has lost a message, and dials again. */
  #reconnect(): void {
    if (this.#phase.name === 'live') this.#reconnectAfter(ABNORMAL_CLOSE);
  }

  /** Ends what belongs to a connection or a dial. */
  #leave(last: Connected): void {
    last.socket?.hangUp();
    if (last.name === 'live') last.liveness.stop();
    this.#receipts.stop();
    this.#cancelRenewal();
  }

  #reconnectAfter(code: number): void {
    const last = this.#phase;
    if (last.name === 'closed' || last.name === 'waiting') return;
    if (last.name === 'live' && this.#options.clock.now() - last.since >= HELD_MS) this.#backoff.reset();
    this.#leave(last);
    const next = this.#advice.nextStep(code);
    if (next.step === 'stop' || (next.step === 'renew' && !this.#tokens.markRefused()))
      this.close(stopError(code));
    else this.#dialAfter(this.#pauseBefore(next));
  }

  #pauseBefore(next: NextStep): number {
    if (next.step === 'wait') return next.ms;
    const pause = this.#backoff.next();
    return next.step === 'wait_about' ? Math.max(pause, next.ms * (0.5 + this.#options.random())) : pause;
  }
}
