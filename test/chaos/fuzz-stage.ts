import { ParleyError } from '../../src/domain/errors.ts';
import type { Identity } from '../../src/domain/identity.ts';
import { type RoomId, randomIds, type UserId } from '../../src/domain/ids.ts';
import { lend } from '../../src/lib/borrowed.ts';
import { LimitHits } from '../../src/lib/limit-hits.ts';
import { type Log, silentLog } from '../../src/lib/log.ts';
import type { Random } from '../../src/load/random.ts';
import { createMessageHandler } from '../../src/messages/message-handler.ts';
import { LIMIT_DEFAULTS } from '../../src/protocol/limits.ts';
import { createModeration } from '../../src/rooms/moderation.ts';
import type { Admitted } from '../../src/rooms/rooms.ts';
import { createHub, type Hub } from '../../src/signaling/hub.ts';
import type { Session } from '../../src/signaling/session/session.ts';
import type { Connection } from '../../src/ws/connection.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { NO_SUBSCRIBERS } from '../support/fakes/events.ts';
import { FakeUwsSocket } from '../support/fakes/fake-uws-socket.ts';
import { NOBODY_WAITS } from '../support/fakes/waiting-room.ts';
import { profile } from '../support/server/accounts.ts';
import { NO_CHAT } from '../support/server/chat.ts';
import { admitted, identity, OTHER_ROOM, ROOM, room } from '../support/server/hub.ts';
import { NOBODY_PUT_OUT } from '../support/server/room-tokens.ts';
import { mutate, type Names, validFrame } from './fuzz-corpus.ts';

const ROOMS: readonly RoomId[] = [ROOM, OTHER_ROOM];
const USERS = Array.from({ length: 12 }, (_, index) => `user-${index}`);
/** Percentage of frames that are not mutated, so that there are calls and rooms to break. */
const UNTOUCHED = 20;
/** Max milliseconds between two frames. */
const STEP_MS = 1_000;
const LONG_LIVED = { expiresAt: Number.MAX_SAFE_INTEGER };

interface Person {
  readonly name: string;
  connection: Connection;
  session: Session;
  lastId: number;
}

/** A hub and its message handler between fake sockets. */
export class FuzzStage {
  readonly #clock = new FakeClock();
  readonly #random: Random;
  readonly #strict: boolean;
  readonly #violations: string[];
  readonly #hub: Hub;
  readonly #people: Person[];
  /** People who were sent something since the last frame. */
  readonly #heard = new Set<string>();
  /** Frames that reached somebody other than their sender. */
  relayed = 0;
  #frame = '';
  /** Whether a frame may still wait for its answer. To count those costs more than a frame. */
  #waits = false;

  constructor(random: Random, directCalls: boolean, violations: string[]) {
    this.#random = random;
    this.#strict = !directCalls;
    this.#violations = violations;
    const clock = this.#clock;
    const log = this.#complainingLog();
    this.#hub = createHub({
      clock,
      ids: randomIds,
      log,
      limits: LIMIT_DEFAULTS,
      memoryBytes: 2 ** 33,
      directCalls: directCalls ? 'on' : 'off',
      profileOf: profile,
      lastMessageIn: () => null,
      iceServers: () => ({ iceServers: [], expiresAt: Number.POSITIVE_INFINITY }),
      events: NO_SUBSCRIBERS,
      limitHits: new LimitHits(clock),
      handle: (session, request) => {
        const answer = handle(session, request);
        this.#waits ||= answer instanceof Promise;
        return answer;
      },
    });
    const accounts = { remembered: () => undefined, verify: async (token: string) => this.#identify(token) };
    const rooms = { admit: ({ roomId }: { roomId: RoomId }) => admit(roomId), isCurrent: () => true };
    const moderation = createModeration({ rooms: roomsOfTheFirst, hub: this.#hub });
    const handle = createMessageHandler({
      hub: this.#hub,
      accounts,
      noticeAdmins: () => {},
      rooms,
      roomTokens: NOBODY_PUT_OUT,
      moderation,
      waitingRoom: NOBODY_WAITS,
      chat: NO_CHAT,
      clock,
    });
    this.#people = USERS.map((name) => this.#arrive(name));
  }

  get refused(): number {
    return [...this.#hub.stats().refused.values()].reduce((sum, count) => sum + count, 0);
  }

  close(): void {
    this.#hub.close();
  }

  async next(): Promise<void> {
    const random = this.#random;
    const sender = this.#people[Math.floor(random() * this.#people.length)];
    if (sender === undefined) return;
    if (!sender.session.isOn(sender.connection)) this.#comeBack(sender);
    this.#frame = this.#makeFrame(sender);
    const before = new Map(this.#people.map(({ name, session }) => [name, session.participant?.room]));
    this.#heard.clear();
    try {
      sender.session.receive(lend(Buffer.from(this.#frame)));
      // Lets what waits for a token's verification, or for the store, happen before the next frame is sent.
      while (this.#waits && this.#hub.stats().answering > 0) await Promise.resolve();
      this.#waits = false;
    } catch (thrown) {
      this.#complain(`${thrown} escaped`);
    }
    if (this.#strict) this.#checkHearers(sender, before);
    this.#clock.advance(random() * STEP_MS);
  }

  /** Checks that whoever was sent something is in the sender's room, or was until the sender put them out. */
  #checkHearers(sender: Person, before: ReadonlyMap<string, object | undefined>): void {
    const rooms = [before.get(sender.name), sender.session.participant?.room];
    for (const person of this.#people) {
      if (person === sender || !this.#heard.has(person.name)) continue;
      this.relayed += 1;
      const theirs = person.session.participant?.room ?? before.get(person.name);
      if (theirs === undefined || !rooms.includes(theirs))
        this.#complain(`${person.name} heard of it, outside the room of ${sender.name}`);
    }
  }

  #makeFrame(sender: Person): string {
    const random = this.#random;
    const names: Names = {
      peers: this.#people.map(({ session }) => session.peerId),
      users: USERS,
      rooms: ROOMS,
      messages: [],
      knocks: [],
    };
    sender.lastId += 1;
    const frame = validFrame(random, names, sender.lastId);
    if (random() * 100 < UNTOUCHED) return frame;
    return mutate(random, frame, validFrame(random, names, sender.lastId));
  }

  /** Begins a session on a new connection. */
  #arrive(name: string): Person {
    const wire = new FakeUwsSocket({
      sent: () => void this.#heard.add(name),
      closed: () => socket.closed(),
    });
    const socket = wire.connection;
    socket.opened(wire);
    const who = identity(name, this.#clock, LONG_LIVED);
    const session = this.#hub.connect({ identity: who, socket });
    return { name, connection: socket, session, lastId: session.lastId };
  }

  /** Begins another session for somebody whose last one ended. Resumes are tested elsewhere. */
  #comeBack(person: Person): void {
    const { connection, session, lastId } = this.#arrive(person.name);
    Object.assign(person, { connection, session, lastId });
  }

  #identify(token: string): Identity {
    if (!USERS.includes(token)) throw new ParleyError('unauthorized', 'sign in again');
    return identity(token, this.#clock, LONG_LIVED);
  }

  /** A log that counts errors as violations. */
  #complainingLog(): Log {
    return {
      ...silentLog,
      error: (message, fields) => this.#complain(`${message} ${fields?.['error']}`),
    };
  }

  #complain(what: string): void {
    this.#violations.push(`${what}: ${JSON.stringify(this.#frame.slice(0, 500))}`);
  }
}

/** Rooms that the first user runs. */
const roomsOfTheFirst: Parameters<typeof createModeration>[0]['rooms'] = {
  find: (id) => ({ ...room(id === ROOM ? ROOM : OTHER_ROOM), ownerId: 'user-0' as UserId }),
  setLocked: async () => {},
  rights: { asHost: () => Promise.reject(new Error('nobody acts from outside')), change: async () => {} },
  bans: { add: async () => {} },
  tokens: NOBODY_PUT_OUT,
  remove: async () => {},
};

function admit(roomId: RoomId): Admitted {
  if (roomId === ROOM || roomId === OTHER_ROOM) return admitted(roomId);
  throw new ParleyError('room_not_found', 'there is no such room');
}
