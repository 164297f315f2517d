import { type Chat, createChat } from './chat/chat.ts';
import { createClearing } from './chat/clearing.ts';
import type { Config } from './config/config.ts';
import type { Publisher } from './domain/events.ts';
import type { Profile } from './domain/identity.ts';
import type { Ids, UserId } from './domain/ids.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { Passwords } from './lib/passwords.ts';
import { CallLog } from './rooms/call-log.ts';
import { createClosings } from './rooms/closings.ts';
import { Creations } from './rooms/creations.ts';
import { createEndings, type Endings } from './rooms/endings.ts';
import { createLiveList, type LiveList } from './rooms/live-list.ts';
import { createModeration, type Moderation } from './rooms/moderation.ts';
import { createPastCalls, type PastCalls } from './rooms/past-calls.ts';
import { createRoomSettings, type RoomSettings } from './rooms/room-settings.ts';
import { createRooms, type Rooms } from './rooms/rooms.ts';
import { createWaitingRoom, type WaitingRoom } from './rooms/waiting-room.ts';
import type { Hub } from './signaling/hub.ts';
import type { Store } from './store/contract.ts';

/** Closes what was opened, the last first. */
export type Closers = (() => void | Promise<void>)[];

interface RoomParts {
  readonly config: Pick<Config, 'roomCreation' | 'chatDurability' | 'limits'>;
  readonly store: Store;
  readonly hub: Hub;
  readonly passwords: Passwords;
  /** Whether clients get a TURN server. */
  readonly hasRelay: boolean;
  readonly profileOf: (userId: UserId) => Profile;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Publisher;
  readonly log: Log;
}

/** Everything about rooms that isn't live state. */
export interface StartedRooms {
  readonly rooms: Rooms;
  readonly moderation: Moderation;
  readonly waitingRoom: WaitingRoom;
  readonly chat: Chat;
  readonly roomSettings: RoomSettings;
  readonly endings: Endings;
  readonly pastCalls: PastCalls;
  readonly callLog: CallLog;
  readonly liveList: LiveList;
}

/** Creates what rooms consist of, and connects it. */
export async function startRooms(parts: RoomParts, closers: Closers): Promise<StartedRooms> {
  const { config, store, hub, hasRelay, clock, ids } = parts;
  const { liveRooms, knocks } = hub;
  const lists = store.roomLists;

  const creations = new Creations({ clock, creators: config.roomCreation, hasRelay });
  const rooms = createRooms({
    ...parts,
    store: store.rooms,
    bans: store.bans,
    roomRights: store.roomRights,
    roomInvitations: store.roomInvitations,
    roomTokenMarks: store.roomTokenMarks,
    liveRooms,
    knocks,
    creations,
  });
  closers.push(() => rooms.close());
  const moderation = createModeration({ rooms, hub });
  const durable = config.chatDurability === 'power';
  const chat = await createChat({
    ...parts,
    store: store.chat,
    rooms,
    liveRooms,
    limits: config.limits,
    durable,
  });
  closers.push(() => chat.close());
  const clearing = createClearing({ store: store.chat, clock });
  closers.push(() => clearing.close());
  const waitingRoom = createWaitingRoom({ rooms, hub });
  const endings = createEndings({ lists, moderation, knocks, liveRooms, clock });
  closers.push(() => endings.close());
  const closings = createClosings({ lists, knocks, clock });
  closers.push(() => closings.close());
  const roomSettings = createRoomSettings({
    ...parts,
    rooms,
    chat,
    lists,
    creations,
    waitingRoom,
    endings,
    closings,
  });
  const pastCalls = createPastCalls({ store: store.calls, clock });
  closers.push(() => pastCalls.close());
  const callLog = new CallLog({ store: store.calls, liveRooms, clock, ids, events: parts.events });
  closers.push(() => callLog.close());
  const liveList = createLiveList({ rooms, liveRooms });
  return { rooms, moderation, waitingRoom, chat, roomSettings, endings, pastCalls, callLog, liveList };
}
