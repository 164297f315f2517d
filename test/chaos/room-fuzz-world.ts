import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChat } from '../../src/chat/chat.ts';
import { createEvents } from '../../src/domain/events.ts';
import type { Identity } from '../../src/domain/identity.ts';
import { randomIds, type UserId } from '../../src/domain/ids.ts';
import { LimitHits } from '../../src/lib/limit-hits.ts';
import type { Log } from '../../src/lib/log.ts';
import { createMessageHandler } from '../../src/messages/message-handler.ts';
import { LIMIT_DEFAULTS } from '../../src/protocol/limits.ts';
import { Creations } from '../../src/rooms/creations.ts';
import { createModeration } from '../../src/rooms/moderation.ts';
import { createRooms } from '../../src/rooms/rooms.ts';
import { createWaitingRoom } from '../../src/rooms/waiting-room.ts';
import { createHub } from '../../src/signaling/hub.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import type { FakeClock } from '../support/fakes/clock.ts';
import { profile } from '../support/server/accounts.ts';
import { identity } from '../support/server/hub.ts';

/** Part of the TURN credentials that only those inside may get. */
export const CREDENTIAL = 'turn-credential-of-those-inside';

interface FuzzWorldDeps {
  readonly clock: FakeClock;
  readonly log: Log;
  readonly directCalls: boolean;
  readonly users: readonly string[];
  readonly identify: (token: string) => Identity;
}

/**
 * The hub, rooms, waiting room and chat of a server, on a database of its own. The first user owns two rooms that stay:
 * one lets everybody in, the other has a waiting room.
 */
export async function startFuzzWorld({ clock, log, directCalls, users, identify }: FuzzWorldDeps) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-fuzz-'));
  const store = openStore(join(folder, 'parley.db'));
  const common = { clock, log, ids: randomIds };
  const events = createEvents(common);
  const hub = createHub({
    ...common,
    limits: LIMIT_DEFAULTS,
    memoryBytes: 2 ** 33,
    directCalls: directCalls ? 'on' : 'off',
    profileOf: profile,
    lastMessageIn: (roomId) => rooms.lastMessageIn(roomId),
    iceServers: () => ({
      iceServers: [{ urls: 'turn:turn.test', username: 'user', credential: CREDENTIAL }],
      expiresAt: Number.POSITIVE_INFINITY,
    }),
    events,
    limitHits: new LimitHits(clock),
    handle: (session, request) => handle(session, request),
  });
  const { liveRooms, knocks } = hub;
  const rooms = createRooms({
    ...common,
    store: store.rooms,
    bans: store.bans,
    roomRights: store.roomRights,
    roomInvitations: store.roomInvitations,
    roomTokenMarks: store.roomTokenMarks,
    creations: new Creations({ clock, creators: 'everyone', hasRelay: true }),
    passwords: { hash: async (password) => password, verify: async (password, hash) => password === hash },
    liveRooms,
    knocks,
  });
  events.subscribe('room.emptied', ({ roomId }) => rooms.emptied(roomId));
  const chat = await createChat({
    ...common,
    store: store.chat,
    rooms,
    liveRooms,
    limits: LIMIT_DEFAULTS,
    profileOf: profile,
    durable: false,
  });
  const handle = createMessageHandler({
    clock,
    hub,
    accounts: { remembered: () => undefined, verify: async (token: string) => identify(token) },
    noticeAdmins: () => {},
    rooms,
    roomTokens: rooms.tokens,
    chat,
    moderation: createModeration({ rooms, hub }),
    waitingRoom: createWaitingRoom({ rooms, hub }),
  });

  for (const id of users as readonly UserId[]) {
    await store.users.insert({ id, kind: 'registered', username: null, displayName: id, createdAt: 0 });
  }
  const creator = {
    identity: identity(users[0] ?? '', clock, { kind: 'registered' }),
    client: { address: '' },
  };
  const open = await rooms.create(creator, { persistent: true, max: 8 });
  const waiting = await rooms.create(creator, { persistent: true, max: 8, waitingRoom: true });
  const roomIds = [open.id, waiting.id];

  return {
    hub,
    chat,
    roomIds,
    /** Undoes what would keep people out for good: locks and bans. */
    async reopen(): Promise<void> {
      for (const roomId of roomIds) {
        await rooms.setLocked(roomId, false);
        for (const { userId } of await rooms.bans.list(roomId)) await rooms.bans.lift(roomId, userId);
      }
    },
    close(): void {
      rooms.close();
      hub.close();
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export type FuzzWorld = Awaited<ReturnType<typeof startFuzzWorld>>;
