import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { ParleyError, unreachable } from '../../src/domain/errors.ts';
import type { RoomId, UserId } from '../../src/domain/ids.ts';
import { pick, type Random } from '../../src/load/random.ts';
import { SNAPSHOT_VERSION } from '../../src/signaling/hub.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { identity, OTHER_ROOM, type Person, ROOM, room } from '../support/server/hub.ts';
import { PLAIN_ROW } from '../support/server/rooms.ts';
import type { ToldEvent } from './pairing.ts';
import { type Process, startProcess } from './people-process.ts';

export const ROOMS = [ROOM, OTHER_ROOM] as const;
const USERS = ['ann', 'bob', 'cem', 'dan'] as const;
/** Small, so that rooms are full at times. */
const MAX = 4;

/** Somebody with a session. */
interface Client {
  readonly name: string;
  person: Person;
  /** Whether this process knows the session, as far as the client knows. */
  isConnected: boolean;
}

/** What may happen; what is named more often happens more often. */
const STEPS = [
  ...([
    'enter',
    'enter',
    'enter',
    'enter',
    'enter',
    'cut',
    'cut',
    'cut',
    'resume',
    'resume',
    'wait',
    'wait',
  ] as const),
  ...([
    'leave',
    'leaveOverHttp',
    'bye',
    'kick',
    'ban',
    'logOut',
    'hold',
    'closeRoom',
    'restart',
    'kill',
  ] as const),
];
type Step = (typeof STEPS)[number];

/** People who come, go, lose their connections and are put out, in rooms of a server that restarts and is killed. */
export class PeopleWorld {
  /** How often each thing was done. */
  readonly done = new Map<Step, number>();
  readonly #clock = new FakeClock();
  readonly #folder = temporaryFolder();
  readonly #random: Random;
  #kills = 0;
  #process: Process | undefined;
  #clients: Client[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  async next(): Promise<void> {
    const step = pick(this.#random, STEPS) ?? 'wait';
    try {
      await this.#do(step);
      this.done.set(step, (this.done.get(step) ?? 0) + 1);
    } catch (thrown) {
      // Such as `room_full`.
      if (!(thrown instanceof ParleyError)) throw thrown;
    }
    // Others share the turn, and its commit, which a kill may come before.
    if (this.#random() < 0.6) await turn();
  }

  /** What webhooks have told so far. */
  async told(): Promise<ToldEvent[]> {
    await this.#running();
    await turn();
    const database = new Database(this.#path, { readonly: true });
    try {
      const bodies = database.prepare<[], string>('SELECT body FROM webhook_events ORDER BY number').pluck();
      return bodies.all().map((body): ToldEvent => JSON.parse(body));
    } finally {
      database.close();
    }
  }

  /** Who is inside in truth, and whether this call goes on. */
  async truth(roomId: RoomId) {
    const { hub, callLog } = await this.#running();
    return {
      peers: hub.liveRooms.membersOf(roomId).map(({ peerId }) => peerId),
      isOngoing: (callId: string) => callLog.isOngoing(roomId, callId),
    };
  }

  /** All lose their connections for longer than they may. */
  async end(): Promise<void> {
    for (const client of this.#clients) this.#cut(client);
    this.#clock.advance(60_000);
    await turn();
  }

  close(): void {
    this.#process?.close();
  }

  get #path(): string {
    return join(this.#folder, `${this.#kills}.db`);
  }

  async #running(): Promise<Process> {
    if (this.#process === undefined) {
      this.#process = await startProcess(this.#path, this.#clock);
      for (const id of ROOMS) this.#createRoom(this.#process, id);
    }
    return this.#process;
  }

  #createRoom({ telling }: Process, id: RoomId): void {
    telling.rooms.insert({ ...PLAIN_ROW, id, max: MAX, createdAt: this.#clock.now() }, null);
  }

  async #do(step: Step): Promise<void> {
    const process = await this.#running();
    const { hub, on } = process;
    const roomId = pick(this.#random, ROOMS) ?? ROOM;
    const name = pick(this.#random, USERS) ?? USERS[0];
    const connected = this.#clients.filter(({ isConnected }) => isConnected);
    const client = pick(this.#random, connected);
    const member = pick(this.#random, hub.liveRooms.membersOf(roomId));
    switch (step) {
      case 'enter': {
        const person = on.connect(name);
        this.#clients.push({ name, person, isConnected: true });
        hub.enter(person.session, { room: room(roomId, MAX) });
        return;
      }
      case 'cut':
        if (client !== undefined) this.#cut(client);
        return;
      case 'resume': {
        const away = pick(
          this.#random,
          this.#clients.filter(({ isConnected }) => !isConnected),
        );
        if (away === undefined) return;
        away.person = on.resume(away.person, away.name);
        away.isConnected = true;
        return;
      }
      case 'leave':
        if (client?.person.session.participant !== undefined) hub.leave(client.person.session);
        return;
      case 'leaveOverHttp':
        return hub.leaveRoom(name as UserId, roomId);
      case 'bye':
        if (client !== undefined) hub.bye(client.person.session);
        this.#clients = this.#clients.filter((other) => other !== client);
        return;
      case 'kick':
      case 'ban':
        if (member !== undefined) hub.putOut(member, step === 'kick' ? 'kicked' : 'banned');
        return;
      case 'logOut':
        return hub.endLogin(`login-${name}`, name as UserId);
      case 'hold':
        return void hub.hold(identity(name, this.#clock), { room: room(roomId, MAX) });
      case 'closeRoom':
        process.telling.rooms.removeAll([roomId]);
        for (const inside of hub.liveRooms.membersOf(roomId)) hub.putOut(inside, 'room_closed');
        return this.#createRoom(process, roomId);
      case 'wait':
        return this.#clock.advance(Math.floor(this.#random() * 25_000));
      case 'restart':
        return this.#restart(process);
      case 'kill':
        return this.#kill(process);
      default:
        return unreachable(step);
    }
  }

  #cut(client: Client): void {
    const { session, socket } = client.person;
    client.isConnected = false;
    this.#process?.hub.suspend(session, socket);
  }

  /** As on SIGTERM. Not all sessions may be saved in time. */
  #restart({ hub, store, close }: Process): void {
    hub.drain();
    store.sessions.write(SNAPSHOT_VERSION, this.#clock.now(), []);
    const isInTime = this.#random() < 0.7;
    for (const rows of hub.slices()) if (isInTime || this.#random() < 0.5) store.sessions.append(rows);
    close();
    this.#ended();
  }

  /** The files as SIGKILL leaves them: what isn't committed is lost. */
  #kill({ close }: Process): void {
    const before = this.#path;
    this.#kills += 1;
    for (const suffix of ['', '-wal']) {
      if (existsSync(before + suffix)) copyFileSync(before + suffix, this.#path + suffix);
    }
    close();
    this.#ended();
  }

  #ended(): void {
    this.#process = undefined;
    for (const client of this.#clients) client.isConnected = false;
    if (this.#random() < 0.5) this.#clock.advance(Math.floor(this.#random() * 20_000));
  }
}
