import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEvents } from '../../src/domain/events.ts';
import { type RoomId, randomIds, type UserId } from '../../src/domain/ids.ts';
import { lend } from '../../src/lib/borrowed.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createMessageHandler } from '../../src/messages/message-handler.ts';
import { Creations } from '../../src/rooms/creations.ts';
import { createModeration } from '../../src/rooms/moderation.ts';
import { createRooms } from '../../src/rooms/rooms.ts';
import { createWaitingRoom } from '../../src/rooms/waiting-room.ts';
import type { HandleMessage } from '../../src/signaling/hub.ts';
import type {
  BanStore,
  RoomInvitationStore,
  RoomRightsStore,
  RoomRow,
  RoomStore,
  StoredRights,
} from '../../src/store/contract.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { cheapPasswords } from '../support/server/accounts.ts';
import { NO_CHAT } from '../support/server/chat.ts';
import { type Person, ROOM, room as roomFacts, stage } from '../support/server/hub.ts';
import { NO_MARKS } from '../support/server/room-tokens.ts';

/** What may happen to the room while two people join. */
const NEWS = ['ban', 'lock', 'edit', 'close', 'empty', 'sweep'] as const;
const EMPTY_SECONDS = 60;

interface Setting {
  readonly news: (typeof NEWS)[number];
  readonly joinsFirst: boolean;
  /** Whether the room is in memory when they join. */
  readonly isRemembered: boolean;
  /** Whether the store does what it is asked at once and only answers later. */
  readonly actsAtOnce: boolean;
}

describe('a store that answers later', () => {
  it('[RM5][RM6] lets nobody into a room that is gone or closed to them, whatever answers first', async () => {
    const settings = fc.record({
      news: fc.constantFrom(...NEWS),
      joinsFirst: fc.boolean(),
      isRemembered: fc.boolean(),
      actsAtOnce: fc.boolean(),
    });
    await fc.assert(fc.asyncProperty(fc.scheduler(), settings, race), { numRuns: 400 });
  });
});

async function race(later: fc.Scheduler, setting: Setting): Promise<void> {
  const { news, joinsFirst, isRemembered } = setting;
  const { on, rooms, store } = furnish(later, setting);
  const ann = on.inside('ann');
  const bob = on.inside('bob');
  const newcomers = [on.connect('bob'), on.connect('cem')];
  if (isRemembered) await finish(later, Promise.resolve(rooms.find(ROOM)));
  if (news === 'empty' || news === 'sweep') on.hub.leave(ann.session);
  if (news === 'sweep') on.hub.leave(bob.session);
  await later.waitIdle();

  const join = () => {
    for (const person of newcomers) send(person, 'room:join', { roomId: ROOM });
  };
  const edit = async () => {
    const changed = await rooms.change(ROOM, { change: { locked: true }, isExpected: () => true });
    if (changed !== undefined && changed !== 'unexpected') on.hub.liveRooms.tellChange(changed.after.record);
  };
  const happen = () => {
    if (news === 'ban') send(ann, 'room:kick', { peerId: bob.session.peerId, ban: true });
    else if (news === 'lock') send(ann, 'room:lock', { locked: true });
    else if (news === 'edit') void edit();
    else if (news === 'close') send(ann, 'room:close', {});
    else if (news === 'empty') on.hub.leave(bob.session);
    else on.clock.advance(EMPTY_SECONDS * 1_000);
  };
  for (const act of joinsFirst ? [join, happen] : [happen, join]) act();
  await later.waitIdle();

  const inside = on.hub.liveRooms.membersOf(ROOM).map(({ userId }) => userId);
  if (inside.length > 0) expect(store.room()).toBeDefined();
  const known = await finish(later, Promise.resolve(rooms.find(ROOM)));
  expect(known?.locked).toBe(store.room()?.locked);
  if (news === 'ban') expect(inside).not.toContain('bob');
  if (news === 'close') expect(inside).toEqual([]);
  // Whoever was admitted after the lock would have heard of a locked room, or of the lock.
  for (const { socket } of news === 'lock' || news === 'edit' ? newcomers : []) {
    const last = [...socket.all('room:joined'), ...socket.all('room:updated')].at(-1);
    if (last !== undefined) expect(last).toMatchObject({ room: { locked: true } });
  }
  on.hub.close();
  rooms.close();
}

/** Ann's room, on a store whose every answer comes when the scheduler says so. */
function furnish(later: fc.Scheduler, { news, actsAtOnce }: Setting) {
  const clock = new FakeClock();
  const events = createEvents({ log: silentLog });
  const handler: { handle?: HandleMessage } = {};
  const on = stage({
    clock,
    events,
    handle: (session, request) => handler.handle?.(session, request),
  });
  const store = laterStore(later, actsAtOnce, news === 'sweep' ? EMPTY_SECONDS : 0);
  const { hub } = on;
  const rooms = createRooms({
    store: store.rooms,
    bans: store.bans,
    roomRights: store.roomRights,
    roomInvitations: NO_INVITATIONS,
    roomTokenMarks: NO_MARKS,
    creations: new Creations({ clock, creators: 'everyone', hasRelay: true }),
    passwords: cheapPasswords(),
    liveRooms: hub.liveRooms,
    knocks: hub.knocks,
    clock,
    ids: randomIds,
    log: silentLog,
  });
  events.subscribe('room.emptied', ({ roomId }) => rooms.emptied(roomId));
  const moderation = createModeration({ rooms, hub });
  const waitingRoom = createWaitingRoom({ rooms, hub });
  const accounts = { verify: () => Promise.reject(new Error('not needed')), remembered: () => undefined };
  handler.handle = createMessageHandler({
    hub,
    roomTokens: rooms.tokens,
    accounts,
    noticeAdmins: () => {},
    rooms,
    moderation,
    waitingRoom,
    chat: NO_CHAT,
    clock,
  });
  return { on, rooms, store };
}

/** One room and its bans, in memory. */
function laterStore(later: fc.Scheduler, actsAtOnce: boolean, emptySeconds: number) {
  const facts = {
    ...roomFacts(),
    ownerId: 'ann' as UserId,
    emptySeconds,
    passwordHash: null,
    notBefore: null,
    expiresAt: null,
    metadata: null,
    hasBans: false,
    hasRights: false,
    lastMessageId: null,
  };
  let room: RoomRow | undefined = { ...facts, createdAt: 0 };
  let vanishesAt = Number.POSITIVE_INFINITY;
  const banned = new Set<UserId>();
  const answer = async <T>(act: () => T): Promise<T> => {
    const done = actsAtOnce ? act() : undefined;
    await later.schedule(Promise.resolve());
    return actsAtOnce ? (done as T) : act();
  };
  const change = (changed: Partial<RoomRow>): void => {
    room = room && { ...room, ...changed };
  };
  const rooms: RoomStore = {
    insert: () => answer(() => false),
    wasEntered: () => answer(() => false),
    find: () => answer(() => room),
    ownedBy: () => Promise.resolve([]),
    countOwnedBy: () => answer(() => 1),
    edit: (_, { change: changes }) =>
      answer(() => {
        const before = room;
        if (before === undefined) return undefined;
        change({ locked: changes.locked ?? before.locked });
        return { before, after: room ?? before };
      }),
    setLocked: (_, locked) => answer(() => change({ locked })),
    clearOut: () => answer(() => 0),
    removeAll: () =>
      answer(() => {
        room = undefined;
      }),
    setVanishing: (_, at) =>
      answer(() => {
        vanishesAt = at;
      }),
    setEmptied: (_, at) =>
      answer(() => {
        vanishesAt = at + emptySeconds * 1_000;
      }),
    spareAll: () => answer(() => {}),
    due: (until): Promise<RoomId[]> => answer(() => (room && vanishesAt <= until ? [ROOM] : [])),
    nextDue: (after): Promise<number | null> =>
      answer(() => (room && vanishesAt > after ? vanishesAt : null)),
  };
  const bans: BanStore = {
    insert: (_, userId) =>
      answer(() => {
        banned.add(userId);
        change({ hasBans: true });
      }),
    has: (_, userId) => answer(() => banned.has(userId)),
    countIn: () => answer(() => banned.size),
    list: () => answer(() => []),
    remove: (_, userId) => answer(() => banned.delete(userId as UserId)),
  };
  const granted = new Map<UserId, StoredRights>();
  const roomRights: RoomRightsStore = {
    find: (_, userId) => answer(() => granted.get(userId)),
    change: (_, userId, { host = null, send = null }) =>
      answer(() => {
        granted.set(userId, { host, send, skipKnock: false, invited: false });
        change({ hasRights: true });
        return true;
      }),
  };
  return { rooms, bans, roomRights, room: () => room };
}

const NO_INVITATIONS: RoomInvitationStore = {
  insert: () => false,
  list: () => [],
  remove: () => false,
  use: () => 'refused',
};

function send({ session }: Person, event: string, payload: object): void {
  session.receive(lend(Buffer.from(JSON.stringify({ event, id: session.lastId + 1, payload }))));
}

async function finish<T>(later: fc.Scheduler, answer: Promise<T>): Promise<T> {
  await later.waitIdle();
  return answer;
}
