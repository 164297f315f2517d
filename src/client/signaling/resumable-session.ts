import { CLOSE } from '../../protocol/codes.ts';
import type { ClientEvent, ClientPayload, Welcome } from '../../protocol/events.ts';
import { LIMIT_DEFAULTS } from '../../protocol/limits.ts';
import { ParleyClientError } from '../errors.ts';
import type { TokenSource } from '../types.ts';
import { type Ending, isFinal, LastWords, stopError } from './after-close.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { Emitter } from './emitter.ts';
import { frame, type ServerFrame, type ServerMessage } from './frames.ts';
import { type Liveness, watchLiveness } from './liveness.ts';
import { Receipts } from './receipts.ts';
import { Requests } from './requests.ts';
import { dial, type Line, LOST } from './session-socket.ts';
import type { SocketConstructor } from './socket.ts';
import { Tokens } from './tokens.ts';

/** Milliseconds that a line must hold before the pauses start from the first again. */
const HELD_MS = 5_000;
/** Milliseconds before the next try to renew a token. */
const RENEW_AGAIN_MS = 5_000;

export interface SessionOptions {
  /** Such as `wss://calls.example.org/ws`. */
  readonly url: string;
  readonly token: TokenSource;
  readonly WebSocket: SocketConstructor;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
}

export type SessionState = 'connecting' | 'live' | 'reconnecting' | 'closed';

export type SessionEvents = {
  state: [state: SessionState];
  /** Each message once, in order, answers included. */
  message: [message: ServerMessage];
  /** The session could not be resumed: what was under way is lost, and `peerId` is another. Comes before `live`. */
  renewed: [welcome: Welcome];
  closed: [error: ParleyClientError];
};

type Phase =
  | { readonly name: 'waiting'; readonly cancel: () => void }
  | { readonly name: 'dialling'; line: Line | undefined }
  | { readonly name: 'live'; readonly line: Line; readonly liveness: Liveness; readonly since: number }
  | { readonly name: 'closed'; readonly error: ParleyClientError };

/** A session over as many WebSockets as it takes: nothing lost, nothing twice, nothing out of order [SE3]. */
export class Session {
  readonly #options: SessionOptions;
  readonly #emitter = new Emitter<SessionEvents>();
  readonly #requests = new Requests();
  readonly #receipts: Receipts;
  readonly #backoff: Backoff;
  readonly #tokens: Tokens;
  #lastWords = new LastWords();
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

  /** The newest welcome; undefined before the first. */
  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  /**
   * Sends a message that the server must process exactly once, now or when the line is back; resolves with its answer.
   * @throws ParleyClientError the server's code, `session_lost`, `closed`, `too_large`, `rate_limited`
   */
  request<Event extends ClientEvent>(event: Event, payload: ClientPayload<Event>): Promise<ServerMessage> {
    if (this.#phase.name === 'closed') return Promise.reject(this.#phase.error);
    return this.#requests.add(event, payload, {
      messageBytes: this.#welcome?.limits.messageBytes ?? LIMIT_DEFAULTS.messageBytes,
      send: (text) => this.#send(text),
    });
  }

  /** Sends what is worth nothing later. @returns false where there is no line just now */
  tell<Event extends ClientEvent>(event: Event, payload: ClientPayload<Event>): boolean {
    return this.#send(frame(event, payload));
  }

  /** The network may have changed, or the machine woke up: dials at once, or makes sure that the line is alive. */
  nudge(): void {
    if (this.#phase.name === 'live') this.#phase.liveness.check();
    else if (this.#phase.name === 'waiting') {
      this.#phase.cancel();
      this.#backoff.reset();
      this.#dialAfter(this.#backoff.next());
    }
  }

  /** Ends the session on the server as well [SE2]. */
  close(error = new ParleyClientError('closed', 'The session was closed by this side.')): void {
    if (this.#phase.name === 'closed') return;
    const last = this.#phase;
    if (last.name === 'waiting') last.cancel();
    else last.line?.hangUp(CLOSE.normal);
    if (last.name === 'live') last.liveness.stop();
    this.#receipts.stop();
    this.#cancelRenewal();
    this.#enter({ name: 'closed', error });
    this.#requests.failAll(error);
    this.#emitter.emit('closed', error);
  }

  #send(text: string): boolean {
    if (this.#phase.name !== 'live') return false;
    this.#phase.line.send(text);
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
    const phase: Phase = { name: 'dialling', line: undefined };
    this.#enter(phase);
    try {
      const token = await this.#tokens.next();
      if (this.#phase !== phase) return;
      const { url, WebSocket, clock } = this.#options;
      phase.line = dial({
        url,
        protocols: ['parley.v1', `token.${token}`, ...this.#resumeProtocol()],
        WebSocket,
        clock,
        received: (received) => this.#received(received),
        lost: (code) => this.#lost(code),
      });
    } catch (error) {
      if (this.#phase !== phase) return;
      if (isFinal(error)) this.close(error);
      else this.#dialAfter(this.#backoff.next());
    }
  }

  #resumeProtocol(): string[] {
    return this.#welcome === undefined
      ? []
      : [`resume.${this.#welcome.resumeToken}.${this.#receipts.lastSeq}`];
  }

  #received({ seq, re, message }: ServerFrame): void {
    if (this.#phase.name === 'dialling') {
      if (message?.event === 'welcome') this.#welcomed(message.payload);
      else
        this.close(new ParleyClientError('protocol_error', 'The server does not speak protocol version 1.'));
      return;
    }
    if (this.#phase.name !== 'live') return;
    this.#phase.liveness.heard();
    const news = seq === undefined ? 'seen' : this.#receipts.take(seq);
    if (news === 'gap') this.#drop();
    if (news !== 'new') return;
    if (message !== undefined) this.#heed(message);
    if (re !== undefined) this.#requests.settle(re, message);
  }

  #welcomed(welcome: Welcome): void {
    if (this.#phase.name !== 'dialling' || this.#phase.line === undefined) return;
    const { line } = this.#phase;
    const { clock } = this.#options;
    const renewed = this.#welcome !== undefined && !welcome.resumed;
    line.established();
    this.#tokens.accepted();
    this.#lastWords = new LastWords();
    this.#welcome = welcome;
    if (welcome.resumed) this.#receipts.resumed();
    else this.#receipts.restart();
    if (renewed)
      this.#requests.failAll(new ParleyClientError('session_lost', 'The session could not be resumed.'));
    if (!welcome.resumed) this.#receipts.take(1);
    for (const text of this.#requests.unprocessed(welcome.lastId)) line.send(text);
    const liveness = watchLiveness({
      clock,
      heartbeatMs: welcome.heartbeatMs,
      probe: () => this.tell('ping', {}),
      dead: () => this.#drop(),
    });
    this.#phase = { name: 'live', line, liveness, since: clock.now() };
    if (renewed) this.#emitter.emit('renewed', welcome);
    if (this.#phase.name === 'live') this.#emitter.emit('state', 'live');
  }

  /** What the session itself has to do about a message; then everybody hears it. */
  #heed(message: ServerMessage): void {
    this.#lastWords.heed(message);
    if (message.event === 'session:expiring') void this.#renewToken();
    this.#emitter.emit('message', message);
  }

  /** [SE6] If this fails for good, the close with 4104 leads to the same. */
  async #renewToken(): Promise<void> {
    try {
      const token = await this.#tokens.renewed();
      if (token !== undefined) await this.request('session:token', { token });
    } catch (error) {
      if (isFinal(error) || this.#phase.name !== 'live') return;
      // Soon, not at the close: a refresh whose answer was lost is forgiven for 30 s only [TK5].
      this.#cancelRenewal = this.#options.clock.after(RENEW_AGAIN_MS, () => void this.#renewToken());
    }
  }

  #drop(): void {
    if (this.#phase.name !== 'live') return;
    this.#phase.line.hangUp();
    this.#lost(LOST);
  }

  #lost(code: number): void {
    const last = this.#phase;
    if (last.name === 'closed' || last.name === 'waiting') return;
    if (last.name === 'live') {
      last.liveness.stop();
      if (this.#options.clock.now() - last.since >= HELD_MS) this.#backoff.reset();
    }
    this.#receipts.stop();
    this.#cancelRenewal();
    const ending = this.#lastWords.ending(code);
    if (ending.next === 'stop' || (ending.next === 'renew' && !this.#tokens.refused()))
      this.close(stopError(code));
    else this.#dialAfter(this.#pauseAfter(ending));
  }

  #pauseAfter(ending: Ending): number {
    if (ending.next === 'wait') return ending.ms;
    const pause = this.#backoff.next();
    return ending.next === 'later' ? Math.max(pause, ending.ms * (0.5 + this.#options.random())) : pause;
  }
}
