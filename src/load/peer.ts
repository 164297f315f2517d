import type { ServerMessage } from '../client/signaling/frames.ts';
import { ResumableSession } from '../client/signaling/resumable-session.ts';
import type { ClientEvent, ClientPayload } from '../protocol/events.ts';
import type { View } from './broadcasts.ts';
import { type Caller, createCaller } from './calls.ts';
import type { PeerToken } from './credentials.ts';
import { pick, type Random } from './random.ts';
import { codeOf, countError, type Run } from './run.ts';
import type { CallScript } from './sdp.ts';
import { RequestError } from './server-api.ts';
import { createWire, type Wire } from './socket.ts';
import { createTalk, type Talk } from './talk.ts';

interface PeerDeps {
  readonly run: Run;
  readonly token: PeerToken;
  readonly roomId: string;
  readonly random: Random;
  readonly script: CallScript;
}

/** Milliseconds until a first connection fails. */
const CONNECT_MS = 30_000;
/** Percentage of actions that are renegotiations; the others are talk. */
const NEGOTIATION_PERCENT = 35;

/** One simulated person in one browser tab: joins its room, calls everybody there, and does what callers do. */
export class SimulatedPeer {
  readonly #deps: PeerDeps;
  readonly #wire: Wire = createWire();
  readonly #calls: Caller;
  readonly #talk: Talk;
  #session: ResumableSession | undefined;
  #peerId = '';
  /** Who else is inside, as the server told this peer; after leaving, as it was then. Each change makes a new set. */
  #view: View = new Set();
  /** The view when each answer came: its promise settles later, after other messages were handled. */
  readonly #viewAt = new WeakMap<ServerMessage, View>();
  #isInside = false;
  /** Whether this peer has joined and not left: it joins again if its session is replaced. */
  #wantsIn = false;
  #cutAt: number | undefined;

  constructor(deps: PeerDeps) {
    this.#deps = deps;
    const wiring = {
      run: deps.run,
      random: deps.random,
      script: deps.script,
      self: () => this.#peerId,
      view: () => this.#view,
      viewAt: (answer: ServerMessage) => this.#viewAt.get(answer) ?? this.#view,
      isInside: () => this.#isInside,
      request: <Event extends ClientEvent>(event: Event, payload: ClientPayload<Event>) =>
        this.#request(event, payload),
    };
    this.#calls = createCaller(wiring);
    this.#talk = createTalk(wiring);
  }

  get isInside(): boolean {
    return this.#isInside;
  }

  /** Connects, joins the room and calls everybody inside. Counts failures. @param dueAt milliseconds, monotonic */
  async join(dueAt: number): Promise<void> {
    const { run } = this.#deps;
    run.counts.attempts += 1;
    this.#wantsIn = true;
    try {
      this.#session ??= await this.#connect(dueAt);
      await this.#enter();
      run.latencies.record('join', run.clock.monotonic() - dueAt);
      run.counts.joins += 1;
      run.timeline.count('joins');
    } catch (thrown) {
      // A lost session is replaced, and `renewed` joins again.
      if (this.#closedByUs || codeOf(thrown) === 'session_lost') {
        run.counts.attempts -= 1;
        return;
      }
      run.counts.failedJoins += 1;
      countError(run, thrown);
      this.#endSession();
    }
  }

  /** Renegotiates with a peer, or speaks, types or mutes. */
  act(dueAt: number): void {
    const { run, random } = this.#deps;
    const other = pick(random, [...this.#view]);
    if (!this.#isInside || other === undefined) run.counts.skipped += 1;
    else if (random() * 100 < NEGOTIATION_PERCENT) this.#calls.call(other, dueAt);
    else this.#talk.say(dueAt);
  }

  /** Leaves the room, or ends the session; while disconnected only the former, as the server would not hear of the end. */
  async leave(dueAt: number, ending: 'room' | 'session'): Promise<void> {
    if (!this.#isInside) return;
    if (ending === 'session' && this.#isConnected) {
      this.close();
      return;
    }
    const { run } = this.#deps;
    this.#wantsIn = false;
    this.#markOutside();
    try {
      await this.#request('room:leave', {});
      run.latencies.record('leave', run.clock.monotonic() - dueAt);
    } catch (thrown) {
      if (!this.#closedByUs) countError(run, thrown);
    }
  }

  /** Breaks the socket as a lost network does; the session reconnects. */
  cut(): void {
    const { run } = this.#deps;
    if (!this.#isConnected || !this.#wire.cut()) return;
    this.#cutAt = run.clock.monotonic();
    run.counts.cut += 1;
    run.counts.down += 1;
  }

  /** Ends the session. Messages under way to this peer are no longer owed. */
  close(): void {
    this.#endSession();
  }

  get #closedByUs(): boolean {
    return this.#session === undefined;
  }

  /** The session takes a moment to notice that its socket was cut. */
  get #isConnected(): boolean {
    return this.#cutAt === undefined && this.#session?.state === 'live';
  }

  async #connect(dueAt: number): Promise<ResumableSession> {
    const { run, token, random } = this.#deps;
    const { clock, wsUrl } = run;
    const session = new ResumableSession({
      url: wsUrl,
      token,
      WebSocket: this.#wire.WebSocket,
      clock,
      random,
    });
    this.#session = session;
    await new Promise<void>((resolve, reject) => {
      const cancel = clock.after(CONNECT_MS, () => {
        reject(
          new RequestError('timeout', `${wsUrl} did not open a session within ${CONNECT_MS / 1_000} s.`),
        );
      });
      session.on('state', (state) => {
        if (state !== 'live') return;
        cancel();
        resolve();
      });
      session.on('closed', (error) => {
        cancel();
        reject(error);
      });
    });
    this.#peerId = session.welcome?.peerId ?? '';
    run.latencies.record('connect', clock.monotonic() - dueAt);
    this.#listen(session);
    return session;
  }

  #listen(session: ResumableSession): void {
    const { run } = this.#deps;
    session.on('message', (message) => this.#handle(message));
    session.on('state', (state) => {
      if (state !== 'live' || this.#cutAt === undefined) return;
      run.latencies.record('resume', run.clock.monotonic() - this.#cutAt);
      this.#markConnected();
      if (session.welcome?.peerId === this.#peerId) run.counts.resumed += 1;
    });
    session.on('renewed', (welcome) => {
      run.counts.notResumed += 1;
      this.#markOutside();
      this.#markConnected();
      this.#peerId = welcome.peerId;
      if (this.#wantsIn) void this.join(run.clock.monotonic());
    });
    session.on('closed', (error) => {
      if (this.#session !== session) return;
      countError(run, error);
      this.#endSession();
    });
  }

  async #enter(): Promise<void> {
    const reply = await this.#request('room:join', { roomId: this.#deps.roomId });
    if (reply.event !== 'room:joined') throw new TypeError(`room:join was answered with ${reply.event}`);
    for (const { peerId } of reply.payload.peers) {
      if (this.#view.has(peerId)) this.#calls.call(peerId, this.#deps.run.clock.monotonic());
    }
  }

  #handle(message: ServerMessage): void {
    const { run } = this.#deps;
    if (message.re !== undefined) this.#viewAt.set(message, this.#view);
    if (message.event === 'room:joined') {
      this.#view = new Set(message.payload.peers.map(({ peerId }) => peerId));
      if (!this.#isInside) run.counts.inside += 1;
      this.#isInside = true;
    } else if (message.event === 'peer:joined') {
      this.#view = new Set([...this.#view, message.payload.peer.peerId]);
    } else if (message.event === 'peer:left') {
      this.#view = new Set([...this.#view].filter((peerId) => peerId !== message.payload.peerId));
    } else if (message.event === 'error' && message.re === undefined) {
      countError(run, new RequestError(message.payload.code, message.payload.message));
    } else if (this.#calls.receive(message) || this.#talk.receive(message)) run.timeline.count('received');
  }

  async #request<Event extends ClientEvent>(
    event: Event,
    payload: ClientPayload<Event>,
  ): Promise<ServerMessage> {
    const { counts, timeline } = this.#deps.run;
    const session = this.#session;
    if (session === undefined) throw new RequestError('closed', 'This peer has no session.');
    counts.unanswered += 1;
    timeline.count('sent');
    try {
      return await session.request(event, payload);
    } finally {
      counts.unanswered -= 1;
    }
  }

  #markOutside(): void {
    if (this.#isInside) this.#deps.run.counts.inside -= 1;
    this.#isInside = false;
  }

  #markConnected(): void {
    if (this.#cutAt !== undefined) this.#deps.run.counts.down -= 1;
    this.#cutAt = undefined;
  }

  #endSession(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#wantsIn = false;
    this.#markConnected();
    this.#markOutside();
    this.#deps.run.accounting.markGone(this.#peerId);
    session?.close();
  }
}
