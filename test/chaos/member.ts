import * as v from 'valibot';
import WebSocket from 'ws';
import { ParleyClientError } from '../../src/client/errors.ts';
import { browserClock } from '../../src/client/signaling/clock.ts';
import type { ServerMessage } from '../../src/client/signaling/frames.ts';
import { ResumableSession } from '../../src/client/signaling/resumable-session.ts';
import type { WebSocketConstructor } from '../../src/client/signaling/session-socket.ts';
import { mintToken } from '../../src/load/credentials.ts';
import type { Random } from '../../src/load/random.ts';
import { SECRET } from '../support/server/accounts.ts';
import { now } from './chaos.ts';
import { Doings, type RoomDoings } from './doings.ts';
import type { Ledger } from './ledger.ts';

/** Sent instead of an SDP. `at`: monotonic milliseconds of this process. */
const Numbered = v.object({
  from: v.string(),
  epoch: v.number(),
  number: v.number(),
  at: v.number(),
});

/** A WebSocket for Node, without compression. */
export class PlainSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false });
  }
}

export interface MemberDeps {
  readonly name: string;
  readonly wsUrl: string;
  readonly roomId: string;
  readonly random: Random;
  /** The record of call messages. */
  readonly ledger: () => Ledger;
  /** The record of what members do besides calls, and what those of this room have in common. */
  readonly besides: () => Ledger;
  readonly room: RoomDoings;
  /** What the member's token carries besides its name. */
  readonly claims?: object | undefined;
  readonly problem: (text: string) => void;
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Called for each message. @param ms from sending to arrival */
  readonly arrived?: ((from: string, to: string, ms: number) => void) | undefined;
  /** Called when the server tells that another member is suspended. */
  readonly suspended?: ((name: string) => void) | undefined;
}

/** An SDK session in a room that records what it sends and receives. */
export class Member {
  readonly name: string;
  readonly session: ResumableSession;
  readonly doings: Doings;
  /** The other members of its room. */
  mates: readonly Member[] = [];
  /** How often the session was resumed, and how often it had to be a new one. */
  resumed = 0;
  renewed = 0;
  readonly #deps: MemberDeps;
  #wasLost = false;
  #isInside = false;

  constructor(deps: MemberDeps) {
    this.#deps = deps;
    this.name = deps.name;
    this.session = new ResumableSession({
      url: `${deps.wsUrl}/ws`,
      token: () => mintToken(SECRET, deps.name, Date.now(), deps.claims),
      WebSocket: deps.WebSocket ?? PlainSocket,
      clock: browserClock,
      random: deps.random,
    });
    this.doings = new Doings({
      ...deps,
      session: this.session,
      ledger: deps.besides,
      hearers: () => [this.name, ...this.mates.map(({ name }) => name)],
    });
    this.session.on('message', (message) => this.#received(message));
    this.session.on('renewed', () => {
      this.renewed += 1;
      this.#wasLost = false;
      this.#isInside = false;
      this.doings.begin();
    });
    this.session.on('state', (state) => this.#changed(state));
  }

  get peerId(): string {
    return this.session.welcome?.peerId ?? '';
  }

  async enter(): Promise<void> {
    const { event } = await this.session.request('room:join', { roomId: this.#deps.roomId });
    if (event !== 'room:joined') throw new Error(`${this.name} joined, and got ${event}`);
    this.#isInside = true;
  }

  /** @param padding characters that the message carries besides its number */
  async send(to: Member, padding = ''): Promise<void> {
    const ledger = this.#deps.ledger();
    const number = ledger.send(this.name, to.name);
    const sdp = { from: this.name, epoch: ledger.epoch, number, at: now(), padding };
    try {
      await this.session.request('call:offer', { to: to.peerId, sdp });
    } catch (thrown) {
      this.#failed(`${this.name} → ${to.name} ${number}`, thrown);
    }
  }

  /** Sends some messages to some of the others, and resolves when all are answered. Sends none if it is in no room. */
  async sendSome(most: number, padding?: (to: Member) => string): Promise<void> {
    if (!this.#isInside) return;
    const { random } = this.#deps;
    const answers: Promise<void>[] = [];
    for (let count = 1 + Math.floor(random() * most); count > 0; count--) {
      const mate = this.mates[Math.floor(random() * this.mates.length)];
      if (mate !== undefined) answers.push(this.send(mate, padding?.(mate)));
    }
    await Promise.all(answers);
  }

  /** Does something besides calls. Does nothing if it is in no room. */
  async doSomething(): Promise<void> {
    if (this.#isInside) await this.doings.doSomething();
  }

  #changed(state: ResumableSession['state']): void {
    if (state === 'reconnecting') this.#wasLost = true;
    if (state === 'live' && this.#wasLost) {
      this.#wasLost = false;
      this.resumed += 1;
    }
    if (state === 'closed') this.#deps.problem(`${this.name} was closed`);
  }

  #received(message: ServerMessage): void {
    if (message.event === 'peer:suspended') this.#lost(message.payload.peerId);
    this.doings.hear(message);
    if (message.event !== 'call:offer') return;
    const { from, fromUserId, sdp } = message.payload;
    const { success, output } = v.safeParse(Numbered, sdp);
    const sender = success ? this.mates.find(({ name }) => name === output.from) : undefined;
    if (!success || sender === undefined || fromUserId !== sender.name || from !== sender.peerId) {
      this.#deps.problem(`${this.name} got a message of ${from} (${fromUserId}) that no mate has sent`);
      return;
    }
    const ledger = this.#deps.ledger();
    if (output.epoch === ledger.epoch) ledger.receive(sender.name, this.name, output.number);
    this.#deps.arrived?.(sender.name, this.name, now() - output.at);
  }

  #lost(peerId: string): void {
    const mate = this.mates.find((candidate) => candidate.peerId === peerId);
    if (mate !== undefined) this.#deps.suspended?.(mate.name);
  }

  /** If the server was killed, nobody knows whether a message was relayed. */
  #failed(what: string, thrown: unknown): void {
    const code = thrown instanceof ParleyClientError ? thrown.code : undefined;
    const wasKilled = this.renewed > 0 || this.mates.some(({ renewed }) => renewed > 0);
    if (code === 'session_lost' || (code === 'peer_gone' && wasKilled)) return;
    this.#deps.problem(`${what}: ${thrown}`);
  }
}
