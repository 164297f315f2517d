import { setImmediate as nextTurn } from 'node:timers/promises';
import { ParleyError } from '../../src/domain/errors.ts';
import type { Identity } from '../../src/domain/identity.ts';
import { lend } from '../../src/lib/borrowed.ts';
import { type Log, silentLog } from '../../src/lib/log.ts';
import type { Random } from '../../src/load/random.ts';
import type { Session } from '../../src/signaling/session/session.ts';
import type { Connection } from '../../src/ws/connection.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { FakeUwsSocket } from '../support/fakes/fake-uws-socket.ts';
import { identity } from '../support/server/hub.ts';
import { mutate, type Names, validFrame } from './fuzz-corpus.ts';
import { answersTo, idToAnswer, leaksTo, namesIn } from './room-fuzz-checks.ts';
import { type FuzzWorld, startFuzzWorld } from './room-fuzz-world.ts';

const USERS = Array.from({ length: 12 }, (_, index) => `user-${index}`);
/** Percentage of frames that are not mutated, so that there are calls and rooms to break. */
const UNTOUCHED = 60;
/** Max milliseconds between two frames. */
const STEP_MS = 1_000;
/** Frames after which locked rooms are opened and bans are lifted. */
const REOPENED_EVERY = 50;
/** Messages and knocks of which the ids are remembered. */
const REMEMBERED = 4;
/** Beyond it, a session has no ids left that are safe integers. */
const LAST_ID = Number.MAX_SAFE_INTEGER - 10;
const LONG_LIVED = { expiresAt: Number.MAX_SAFE_INTEGER };

interface Person {
  readonly name: string;
  connection: Connection;
  session: Session;
  wire: FakeUwsSocket;
  /** What came since the last frame. */
  readonly got: string[];
}

interface StageParts {
  readonly random: Random;
  readonly directCalls: boolean;
  readonly violations: string[];
  readonly world: FuzzWorld;
  readonly clock: FakeClock;
}

/** Where somebody is: inside a room, or waiting for one. */
interface Whereabouts {
  readonly inside: string | undefined;
  readonly knock: { readonly knockId: string; readonly roomId: string } | undefined;
  readonly host: boolean;
}

/** Everything behind the sockets of a server, between fake ones. */
export class RoomFuzzStage {
  readonly #clock: FakeClock;
  readonly #random: Random;
  readonly #strict: boolean;
  readonly #violations: string[];
  readonly #world: FuzzWorld;
  readonly #people: Person[];
  /** Ids of messages and knocks, the newest last. */
  readonly #seen = { messages: [''], knocks: [''] };
  #before = new Map<Person, Whereabouts>();
  #frames = 0;
  /** Frames that reached somebody other than their sender. */
  relayed = 0;
  /** Frames of each event that came. */
  readonly heard = new Map<string, number>();
  #frame = '';

  private constructor({ random, directCalls, violations, world, clock }: StageParts) {
    this.#random = random;
    this.#strict = !directCalls;
    this.#violations = violations;
    this.#world = world;
    this.#clock = clock;
    this.#people = USERS.map((name) => this.#arrive(name));
  }

  static async open(random: Random, directCalls: boolean, violations: string[]): Promise<RoomFuzzStage> {
    const clock = new FakeClock();
    // The log exists before the stage does.
    let complain = (what: string): void => void violations.push(what);
    const log: Log = { ...silentLog, error: (text, fields) => complain(`${text} ${fields?.['error']}`) };
    const world = await startFuzzWorld({
      clock,
      log,
      directCalls,
      users: USERS,
      identify: (token) => identify(token, clock),
    });
    const stage = new RoomFuzzStage({ random, directCalls, violations, world, clock });
    complain = (what) => stage.#complain(what);
    return stage;
  }

  get refused(): number {
    return [...this.#world.hub.stats().refused.values()].reduce((sum, count) => sum + count, 0);
  }

  close(): void {
    this.#world.close();
  }

  async next(): Promise<void> {
    const random = this.#random;
    const sender = this.#people[Math.floor(random() * this.#people.length)];
    if (sender === undefined) return;
    if (!sender.session.isOn(sender.connection) || sender.session.lastId > LAST_ID) this.#comeBack(sender);
    this.#frames += 1;
    if (this.#frames % REOPENED_EVERY === 0) await this.#world.reopen();
    this.#frame = this.#makeFrame(sender);
    this.#begin();
    const { session } = sender;
    const id = idToAnswer(this.#frame, session.lastId);
    try {
      session.receive(lend(Buffer.from(this.#frame)));
      await this.#settle();
    } catch (thrown) {
      this.#complain(`${thrown} escaped`);
    }
    if (id !== undefined && sender.session.isOn(sender.connection)) {
      const answers = answersTo(id, sender.got);
      if (answers.length !== 1) this.#complain(`${answers.length} answers: ${answers}`);
    }
    if (this.#strict) this.#checkHearers(sender);
    this.#checkWaiting();
    this.#begin();
    this.#clock.advance(Math.floor(random() * STEP_MS));
    await this.#settle();
    this.#checkWaiting();
  }

  /** Lets what waits for the store, a token's verification or a turn of the event loop happen before the next frame. */
  async #settle(): Promise<void> {
    const { hub, chat } = this.#world;
    while (hub.stats().answering > 0) {
      await chat.settle();
      if (hub.stats().answering > 0) await nextTurn();
    }
  }

  #begin(): void {
    for (const person of this.#people) person.got.length = 0;
    this.#before = new Map(this.#people.map((person) => [person, this.#whereabouts(person)]));
  }

  #whereabouts({ session }: Person): Whereabouts {
    const { participant } = session;
    const { hub, roomIds } = this.#world;
    const waiting = roomIds.flatMap((roomId) => hub.knocks.lineOf(roomId));
    const knock = waiting.find((one) => one.session === session);
    return { inside: participant?.room.roomId, knock, host: participant?.host === true };
  }

  /** Checks that whoever was sent something is, or was, in a room where the sender is, was or waits; and who runs it. */
  #checkHearers(sender: Person): void {
    const placesOf = (person: Person): (string | undefined)[] =>
      [this.#before.get(person), this.#whereabouts(person)].flatMap((one) => [
        one?.inside,
        one?.knock?.roomId,
      ]);
    const rooms = placesOf(sender);
    for (const person of this.#people) {
      const isHost = this.#before.get(person)?.host || this.#whereabouts(person).host;
      if (!isHost && person.got.some((text) => text.includes('"room:knocks"')))
        this.#complain(`${person.name} is no host, and heard who waits`);
      if (person === sender || person.got.length === 0) continue;
      this.relayed += 1;
      if (!placesOf(person).some((room) => room !== undefined && rooms.includes(room)))
        this.#complain(`${person.name} heard of it, outside the room of ${sender.name}`);
    }
  }

  /** Checks that those who have waited all the time learn nothing [KN1]. */
  #checkWaiting(): void {
    for (const person of this.#people) {
      const knock = this.#before.get(person)?.knock;
      if (knock === undefined || this.#whereabouts(person).knock !== knock) continue;
      const others = this.#people.filter((other) => other !== person).map(({ session }) => session.peerId);
      for (const text of person.got) {
        const leak = leaksTo(person.name, others, text);
        if (leak !== undefined) this.#complain(`${person.name}, who waits, was told ${leak} by ${text}`);
      }
    }
  }

  #makeFrame(sender: Person): string {
    const random = this.#random;
    const names: Names = {
      peers: this.#people.map(({ session }) => session.peerId),
      users: USERS,
      rooms: this.#world.roomIds,
      ...this.#seen,
    };
    const id = sender.session.lastId + 1;
    const frame = validFrame(random, names, id);
    if (random() * 100 < UNTOUCHED) return frame;
    return mutate(random, frame, validFrame(random, names, id));
  }

  /** Begins a session on a new connection. */
  #arrive(name: string): Person {
    const got: string[] = [];
    const wire = new FakeUwsSocket({
      sent: (frame) => {
        const text = typeof frame === 'string' ? frame : Buffer.from(frame as ArrayLike<number>).toString();
        got.push(text);
        this.#remember(text);
      },
      closed: () => socket.closed(),
    });
    const socket = wire.connection;
    socket.opened(wire);
    const session = this.#world.hub.connect({ identity: identify(name, this.#clock), socket });
    return { name, connection: socket, session, wire, got };
  }

  #remember(text: string): void {
    const { event, message, knock } = namesIn(text);
    this.heard.set(event, (this.heard.get(event) ?? 0) + 1);
    const { messages, knocks } = this.#seen;
    if (message !== undefined && messages.push(message) > REMEMBERED) messages.shift();
    if (knock !== undefined && knocks.push(knock) > REMEMBERED) knocks.shift();
  }

  /** Begins another session for somebody whose last one ended. Resumes are tested elsewhere. */
  #comeBack(person: Person): void {
    person.wire.gone(1006);
    Object.assign(person, this.#arrive(person.name));
  }

  #complain(what: string): void {
    this.#violations.push(`${what}: ${JSON.stringify(this.#frame.slice(0, 500))}`);
  }
}

/** Tokens are names. */
function identify(token: string, clock: FakeClock): Identity {
  if (!USERS.includes(token)) throw new ParleyError('unauthorized', 'sign in again');
  return identity(token, clock, LONG_LIVED);
}
