import { ParleyError } from '../domain/errors.ts';
import type { Identity } from '../domain/identity.ts';
import type { RoomId, UserId } from '../domain/ids.ts';
import { hostsOnly, noSuchKnock, noSuchRoom } from '../domain/refusals.ts';
import { mayModerate } from '../domain/scope.ts';
import type { ErrorCode } from '../protocol/codes.ts';
import type { KnockItem } from '../protocol/knock-events.ts';
import type { Hub, Participant } from '../signaling/hub.ts';
import type { Knock } from '../signaling/live-rooms/knock.ts';
import type { Admitted, RoomRecord, Rooms } from './rooms.ts';

/** A host of a room, from inside it or by its identity. */
export interface Host {
  /** Read again after each wait. */
  readonly identity: Identity;
}

/**
 * What hosts do about those who wait [KN3]. Rights are checked after the last wait before a change.
 * @throws ParleyError `room_not_found`; `forbidden` if the actor doesn't run the room
 */
export interface WaitingRoom {
  list(host: Host, roomId: string): Promise<KnockItem[]>;
  /** @throws ParleyError `not_found`; `room_full`: the knock stays */
  admit(host: Host, roomId: string, knockId: string): Promise<void>;
  /**
   * Admits from the head of the line until the room is full.
   * @throws ParleyError `room_full`; `rate_limited` for whoever has too many places; neither if anybody gets in
   */
  admitAll(host: Host, roomId: string): Promise<void>;
  /** Lets in the user if it waits, whom a backend has added [CT0]. */
  letInUser(roomId: RoomId, userId: UserId): Promise<void>;
  /** @throws ParleyError `not_found` */
  refuse(host: Host, roomId: string, knockId: string): Promise<void>;
  /** Call it when the room's waiting room was switched off: admits all in order while there is room [KN5]. */
  open(roomId: string): Promise<void>;
}

interface WaitingRoomDeps {
  readonly rooms: Pick<Rooms, 'find' | 'admit' | 'isCurrent'> & {
    readonly rights: Pick<Rooms['rights'], 'asHost'>;
  };
  readonly hub: Pick<Hub, 'liveRooms' | 'knocks' | 'letIn'>;
}

export function createWaitingRoom({ rooms, hub }: WaitingRoomDeps): WaitingRoom {
  const { liveRooms, knocks } = hub;

  async function findRoom(host: Host, roomId: string): Promise<RoomRecord> {
    const room = await rooms.find(roomId);
    if (room === undefined) throw noSuchRoom();
    if (memberOf(host, room) === undefined) return rooms.rights.asHost(host.identity, roomId);
    checkHost(host, room);
    return room;
  }

  /** Checks a host who is inside; `findRoom` has checked any other. */
  function checkHost(host: Host, room: RoomRecord): void {
    const member = memberOf(host, room);
    if (member !== undefined && !mayModerate(host.identity, room, member.granted)) throw hostsOnly();
  }

  function memberOf({ identity }: Host, { id }: RoomRecord): Participant | undefined {
    return liveRooms.membersOf(id).find(({ userId }) => userId === identity.userId);
  }

  function findKnock(roomId: string, knockId: string): Knock {
    const knock = knocks.find(roomId, knockId);
    if (knock === undefined) throw noSuchKnock();
    return knock;
  }

  /**
   * Lets somebody in who waits. If its user may not enter any more, because of a ban for example, the knock ends with that
   * refusal.
   * @param confirm called after the last wait; it throws if the actor may not do this any more
   * @throws ParleyError `not_found`; `room_full` and what else may pass: the knock stays
   */
  async function letIn(knock: Knock, confirm: () => void): Promise<void> {
    const { roomId, knockId } = knock;
    for (;;) {
      const admitted = await admit(knock);
      if (knocks.find(roomId, knockId) !== knock) throw noSuchKnock();
      if (!rooms.isCurrent(admitted)) continue;
      confirm();
      hub.letIn(knock, admitted);
      return;
    }
  }

  async function admit(knock: Knock): Promise<Admitted> {
    const { roomId, identity } = knock;
    try {
      return await rooms.admit({ roomId, identity, password: undefined, client: NOWHERE, hasWaited: true });
    } catch (thrown) {
      if (!(thrown instanceof ParleyError) || !FOR_GOOD.has(thrown.code)) throw thrown;
      knocks.end(knock, thrown);
      throw noSuchKnock();
    }
  }

  /**
   * Lets them in one after the other. Whoever has too many places elsewhere holds nobody else up.
   * @throws ParleyError `room_full`, `rate_limited` if nobody gets in
   */
  async function letAllIn(roomId: string, confirm: () => void): Promise<void> {
    let count = 0;
    let passedOver: ParleyError | undefined;
    for (const knock of [...knocks.lineOf(roomId)]) {
      try {
        await letIn(knock, confirm);
        count += 1;
      } catch (thrown) {
        if (!(thrown instanceof ParleyError)) throw thrown;
        // Another host has answered, or the one who waited has left.
        if (thrown.code === 'not_found') continue;
        if (thrown.code === 'rate_limited') {
          passedOver = thrown;
          continue;
        }
        if (thrown.code === 'room_full' && count > 0) return;
        throw thrown;
      }
    }
    if (passedOver !== undefined && count === 0) throw passedOver;
  }

  return {
    async list(host, roomId) {
      await findRoom(host, roomId);
      return knocks.itemsOf(roomId);
    },
    async admit(host, roomId, knockId) {
      const room = await findRoom(host, roomId);
      await letIn(findKnock(roomId, knockId), () => checkHost(host, room));
    },
    async admitAll(host, roomId) {
      const room = await findRoom(host, roomId);
      await letAllIn(roomId, () => checkHost(host, room));
    },
    async letInUser(roomId, userId) {
      const knock = knocks.lineOf(roomId).find(({ identity }) => identity.userId === userId);
      if (knock === undefined) return;
      await letIn(knock, () => {}).catch((thrown: unknown) => {
        if (!(thrown instanceof ParleyError)) throw thrown;
      });
    },
    async refuse(host, roomId, knockId) {
      await findRoom(host, roomId);
      knocks.refuse(findKnock(roomId, knockId));
    },
    async open(roomId) {
      try {
        await letAllIn(roomId, () => {});
      } catch (thrown) {
        if (!(thrown instanceof ParleyError)) throw thrown;
      }
    },
  };
}

/** Refusals of somebody who waits that no host can change by admitting later. */
const FOR_GOOD: ReadonlySet<ErrorCode> = new Set(['room_not_found', 'forbidden', 'banned']);
/** Nobody's password is checked, so no network is counted for it. */
const NOWHERE = Object.freeze({ address: '' });
