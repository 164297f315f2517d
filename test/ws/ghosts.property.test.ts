import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../src/domain/errors.ts';
import { createEvents } from '../../src/domain/events.ts';
import { type RoomId, randomIds, type UserId } from '../../src/domain/ids.ts';
import { LimitHits } from '../../src/lib/limit-hits.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createMessageHandler } from '../../src/messages/message-handler.ts';
import { LIMIT_DEFAULTS } from '../../src/protocol/limits.ts';
import { Creations } from '../../src/rooms/creations.ts';
import { createModeration } from '../../src/rooms/moderation.ts';
import { createRooms } from '../../src/rooms/rooms.ts';
import { createWaitingRoom } from '../../src/rooms/waiting-room.ts';
import { createHub } from '../../src/signaling/hub.ts';
import type { Session } from '../../src/signaling/session/session.ts';
import { attachGateway, type GatewayDeps } from '../../src/ws/gateway.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { type FakeUpgradedSocket, FakeUwsApp } from '../support/fakes/fake-upgrade.ts';
import { identity, profile } from '../support/server/accounts.ts';
import { NO_CHAT } from '../support/server/chat.ts';
import { temporaryStore } from '../support/server/database.ts';

/** The first one owns the room. */
const USERS = ['ann', 'ben', 'cem'] as const;
const RESUME_WINDOW_MS = 30_000;

/** Looks like a stored hash, without the work. */
function hashOf(password: string): string {
  return `$scrypt$ln=1,r=1,p=1,form=nfc$salt$${Buffer.from(password).toString('base64url')}`;
}

/** Pending answers. The script decides when each is given, and in which order. */
class Answers {
  readonly #waiting: (() => void)[] = [];

  wait<Answer>(answer: () => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(answer());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  give(place: number): void {
    this.#waiting.splice(place % Math.max(this.#waiting.length, 1), 1)[0]?.();
  }

  get size(): number {
    return this.#waiting.length;
  }
}

const user = fc.constantFrom(...USERS);
const which = fc.nat(7);
const just = <const Name extends string>(name: Name) => fc.record({ do: fc.constant(name), which });
const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('dial'), user, login: fc.nat(1), joins: fc.boolean() }),
  },
  { weight: 7, arbitrary: just('answer') },
  { weight: 5, arbitrary: just('join') },
  { weight: 2, arbitrary: just('resume') },
  { weight: 1, arbitrary: just('leave') },
  { weight: 1, arbitrary: just('bye') },
  { weight: 1, arbitrary: just('close') },
  { weight: 2, arbitrary: just('lose') },
  { weight: 3, arbitrary: just('renew') },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('logout'), user, login: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kick'), which, ban: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lock'), locked: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'end the room' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'change the password' } as const) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(500, 11_000, 31_000) }) },
);

describe('whatever ends while an answer is waited for', () => {
  it('[RM4][RM6] leaves no peer inside that is gone or was refused, and no memory behind', async () => {
    const store = temporaryStore();
    for (const id of USERS) {
      store.users.insert({
        id: id as UserId,
        kind: 'guest',
        username: null,
        displayName: null,
        createdAt: 0,
      });
    }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (script) => {
        const stage = await World.open(store);
        for (const move of script) await stage.play(move);
        await stage.end();
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** The real gateway, hub, rooms and moderation. The script decides when slow answers come. */
class World {
  readonly #clock = new FakeClock();
  readonly #app = new FakeUwsApp();
  readonly #answers = new Answers();
  readonly #endedLogins = new Set<string>();
  readonly #sockets: (FakeUpgradedSocket & { readonly passwords: Set<string> })[] = [];
  readonly #sessions = new Set<Session>();
  readonly #banned = new Set<string>();
  readonly #seenInside = new Set<string>();
  readonly #store: ReturnType<typeof temporaryStore>;
  readonly #hub;
  readonly #rooms;
  readonly #gateway;
  #roomId = '' as RoomId;
  #password = 'password 1';

  private constructor(store: ReturnType<typeof temporaryStore>) {
    const clock = this.#clock;
    const answers = this.#answers;
    this.#store = store;
    const limits = { ...LIMIT_DEFAULTS, resumeWindowMs: RESUME_WINDOW_MS };
    const common = {
      clock,
      ids: randomIds,
      log: silentLog,
      limitHits: new LimitHits(clock),
      uniqueId: randomIds.unique,
    };
    const events = createEvents(common);
    this.#hub = createHub({
      ...common,
      limits,
      directCalls: 'on',
      memoryBytes: 2 ** 33,
      profileOf: profile,
      lastMessageIn: () => null,
      iceServers: () => ({ iceServers: [], expiresAt: Number.POSITIVE_INFINITY }),
      events,
      handle: (session, request) => handle(session, request),
    });
    this.#rooms = createRooms({
      ...common,
      store: store.rooms,
      bans: store.bans,
      roomRights: store.roomRights,
      roomInvitations: store.roomInvitations,
      roomTokenMarks: store.roomTokenMarks,
      creations: new Creations({ clock, creators: 'everyone', hasRelay: true }),
      passwords: {
        hash: async (password) => hashOf(password),
        verify: (password, hash) => answers.wait(() => hash === hashOf(password)),
      },
      liveRooms: this.#hub.liveRooms,
      knocks: this.#hub.knocks,
    });
    events.subscribe('room.emptied', ({ roomId }) => this.#rooms.emptied(roomId));
    const accounts: GatewayDeps['accounts'] = {
      remembered: (token) => {
        if (this.#endedLogins.has(token)) throw new ParleyError('unauthorized', 'This login has ended.');
        return undefined;
      },
      // The real one looks up the login first, then checks the signature while the script goes on.
      verify: (token) => answers.wait(() => this.#identify(token)),
    };
    const handle = createMessageHandler({
      clock,
      hub: this.#hub,
      accounts,
      noticeAdmins: () => {},
      rooms: this.#rooms,
      roomTokens: this.#rooms.tokens,
      chat: NO_CHAT,
      moderation: createModeration({ rooms: this.#rooms, hub: this.#hub }),
      waitingRoom: createWaitingRoom({ rooms: this.#rooms, hub: this.#hub }),
    });
    this.#gateway = attachGateway(this.#app, {
      ...common,
      hub: this.#hub,
      accounts,
      roomTokens: this.#rooms.tokens,
      limits,
      resolveAddress: (peer) => peer,
      allowsOrigin: () => true,
    });
  }

  static async open(store: ReturnType<typeof temporaryStore>): Promise<World> {
    const world = new World(store);
    const made = await world.#rooms.create(
      { identity: identity('ann'), client: { address: '' } },
      {
        password: world.#password,
        max: 4,
        emptySeconds: 0,
      },
    );
    world.#roomId = made.id;
    // Connects everybody and puts the owner inside, so that the script has somebody to meet.
    for (const name of ['ann', 'ben', 'cem', 'ben'] as const) {
      await world.play({ do: 'dial', user: name, login: 0, joins: false });
      await world.play({ do: 'answer', which: 0 });
    }
    await world.play({ do: 'join', which: 0 });
    await world.play({ do: 'answer', which: 0 });
    return world;
  }

  async play(move: Step): Promise<void> {
    const away = new Set(
      this.#inside().flatMap(({ state, userId }) => (state === 'suspended' ? [userId] : [])),
    );
    this.#act(move);
    await new Promise((turn) => setImmediate(turn));
    for (const { session } of this.#sockets) if (session !== undefined) this.#sessions.add(session);
    this.#check(away);
  }

  #act(move: Step): void {
    const socket =
      'which' in move ? this.#sockets[move.which % Math.max(this.#sockets.length, 1)] : undefined;
    switch (move.do) {
      case 'dial':
        this.#dial(`${move.user} ${move.login}`, undefined, move.joins);
        break;
      case 'answer':
        this.#answers.give(move.which);
        break;
      case 'join':
        this.#replaceRow(this.#password);
        socket?.passwords.add(this.#password);
        socket?.say('room:join', { roomId: this.#roomId, password: this.#password });
        break;
      case 'resume':
        if (socket?.session !== undefined) this.#resume(socket);
        break;
      case 'leave':
        socket?.say('room:leave', {});
        break;
      case 'bye':
        socket?.say('session:bye', {});
        break;
      case 'close':
        socket?.gone(1000);
        break;
      case 'lose':
        socket?.gone(1006);
        break;
      case 'renew':
        socket?.say('session:token', { token: `${socket.session?.userId} ${move.which % 2}` });
        break;
      case 'logout':
        this.#endedLogins.add(`${move.user} ${move.login}`);
        this.#hub.endLogin(`${move.user} ${move.login}`, move.user as UserId);
        break;
      case 'kick': {
        const target = this.#inside()[move.which % Math.max(this.#inside().length, 1)];
        this.#host()?.say('room:kick', { peerId: target?.peerId, ban: move.ban });
        if (move.ban && target !== undefined && this.#store.bans.has(this.#roomId, target.userId as UserId))
          this.#banned.add(target.userId);
        break;
      }
      case 'lock':
        this.#host()?.say('room:lock', { locked: move.locked });
        break;
      case 'end the room':
        this.#host()?.say('room:close', {});
        break;
      case 'change the password':
        this.#replaceRow(`${this.#password}+`);
        break;
      case 'wait':
        this.#clock.advance(move.ms);
        break;
    }
  }

  /** Checks that only open sessions are inside, and that newcomers were admitted under the rules of this moment. */
  #check(awayBefore: ReadonlySet<string>): void {
    const inside = this.#inside();
    const there = [...this.#sessions].filter(({ isOver }) => !isOver);
    const { live, suspended, rooms } = this.#hub.stats();
    expect(there).toHaveLength(live + suspended);
    const members = there.filter(({ participant }) => participant?.room.roomId === this.#roomId);
    expect(inside.map(({ peerId }) => peerId).sort()).toEqual(members.map(({ peerId }) => peerId).sort());
    expect(rooms).toBe(inside.length > 0 ? 1 : 0);
    for (const {
      isLive,
      identity: { loginId },
    } of there)
      if (isLive) expect(this.#endedLogins.has(loginId ?? '')).toBe(false);
    const room = this.#store.rooms.find(this.#roomId);
    for (const session of members) {
      const { peerId, userId } = session;
      const tried = new Set(
        this.#sockets.flatMap((each) => (each.session === session ? [...each.passwords] : [])),
      );
      expect(this.#banned.has(userId)).toBe(false);
      if (this.#seenInside.has(peerId)) continue;
      this.#seenInside.add(peerId);
      expect(room).toBeDefined();
      expect(room?.locked === false || userId === 'ann' || awayBefore.has(userId)).toBe(true);
      // [RM6] The owner needs no password.
      expect(tried.has(this.#password) || userId === 'ann' || awayBefore.has(userId)).toBe(true);
      expect(inside.length).toBeLessThanOrEqual(4);
    }
  }

  /** Gives all answers, closes all clients, and lets all resume windows pass. */
  async end(): Promise<void> {
    while (this.#answers.size > 0) await this.play({ do: 'answer', which: 0 });
    for (const socket of this.#sockets) socket.gone(1006);
    this.#clock.advance(RESUME_WINDOW_MS + 1_000);
    await new Promise((turn) => setImmediate(turn));
    expect(this.#hub.stats()).toMatchObject({ live: 0, suspended: 0, rooms: 0 });
    expect(this.#hub.liveRooms.countIn(this.#roomId)).toBe(0);
    for (const { participant, isOver } of this.#sessions)
      expect([participant, isOver]).toEqual([undefined, true]);
    expect(this.#gateway.stats()).toMatchObject({ connections: 0, waiting: 0 });
    this.#gateway.close();
    this.#hub.close();
    this.#rooms.close();
    expect(this.#clock.pending).toBe(0);
  }

  #dial(token: string, resume: { token: string; lastSeq: number } | undefined, joins: boolean): void {
    const socket = this.#app.open({ token, resume, roomId: joins ? this.#roomId : undefined });
    this.#sockets.push(Object.assign(socket, { passwords: new Set<string>() }));
  }

  #resume({ frames, session }: FakeUpgradedSocket): void {
    const welcome = frames.find(({ event }) => event === 'welcome')?.payload as { resumeToken: string };
    const lastSeq = frames.reduce((highest, { seq }) => Math.max(highest, seq ?? 0), 0);
    this.#dial(session?.identity.loginId ?? '', { token: welcome.resumeToken, lastSeq }, false);
  }

  /** Returns the socket of a live session that the owner has inside. */
  #host(): FakeUpgradedSocket | undefined {
    return this.#sockets.find(
      ({ isOpen, session }) => isOpen && session?.userId === 'ann' && session.participant !== undefined,
    );
  }

  #inside() {
    return this.#hub.liveRooms.peersOf(this.#roomId);
  }

  /** Gives the room this password, as a PATCH would. No password is remembered, so each attempt has to be hashed. */
  #replaceRow(password: string): void {
    const row = this.#store.rooms.find(this.#roomId);
    if (row === undefined) return;
    this.#password = password;
    this.#rooms.remove(this.#roomId);
    this.#store.rooms.insert({ ...row, passwordHash: hashOf(password) }, null);
    for (const banned of this.#banned) this.#rooms.bans.add(this.#roomId, banned as UserId);
  }

  #identify(token: string) {
    const userId = token.split(' ')[0] ?? '';
    return identity(userId, { loginId: token, expiresAt: Number.MAX_SAFE_INTEGER });
  }
}
