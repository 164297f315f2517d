import { describe, expect, it } from 'vitest';
import { type PeerId, randomIds, type UserId } from '../../src/domain/ids.ts';
import { hostsOnly, noSuchRoom } from '../../src/domain/refusals.ts';
import { mayModerate } from '../../src/domain/scope.ts';
import { createModeration } from '../../src/rooms/moderation.ts';
import { OTHER_ROOM, identity as personIdentity, ROOM, room, stage } from '../support/server/hub.ts';
import { NOBODY_PUT_OUT } from '../support/server/room-tokens.ts';
import { until } from '../support/until.ts';

/** A room of Ann's with Ben inside, in two tabs, and Cem. Ann is outside: she has no session at all. */
function setUp({ persistent = true, wait = async () => {} } = {}) {
  const on = stage();
  const banned: string[] = [];
  const removed: string[] = [];
  const locks: boolean[] = [];
  const rights: unknown[] = [];
  let record = { ...room(), ownerId: 'ann' as UserId, persistent };
  const moderation = createModeration({
    hub: on.hub,
    rooms: {
      find: (id) => wait().then(() => (id === ROOM ? record : undefined)),
      setLocked: async (_, locked) => {
        locks.push(locked);
        record = { ...record, locked };
      },
      rights: {
        asHost: async (actor, id) => {
          await wait();
          if (id !== ROOM) throw noSuchRoom();
          if (!mayModerate(actor, record)) throw hostsOnly();
          return record;
        },
        change: async (_, userId, change) => {
          await wait();
          rights.push([userId, change]);
        },
      },
      tokens: { ...NOBODY_PUT_OUT, mark: () => wait() },
      bans: {
        add: async (_, userId, confirm) => {
          await wait();
          confirm?.();
          banned.push(userId);
        },
      },
      remove: async (id) => void removed.push(id),
    },
  });
  const [ben, otherBen, cem] = [on.inside('ben'), on.inside('ben'), on.inside('cem')];
  const actor = (name: string, more = {}) => personIdentity(name, on.clock, more);
  return { ...on, moderation, banned, removed, locks, rights, ben, otherBen, cem, ann: actor('ann'), actor };
}

describe('moderation by somebody who is not inside', () => {
  it('[RM6] puts out the one peer that is kicked', async () => {
    const { moderation, ann, ben, otherBen, cem } = setUp();
    await moderation.kick(ann, ROOM, { peerId: ben.session.peerId });
    expect([ben, otherBen, cem].map(({ socket }) => socket.closedWith)).toEqual([4003, undefined, undefined]);
  });

  it('[RM6] leaves a peer alone that has gone to another room meanwhile', async () => {
    const { hub, moderation, ann, ben } = setUp({
      wait: async () => {
        if (ben.session.participant?.room.roomId !== ROOM) return;
        await Promise.resolve();
        if (waits === 1) {
          hub.leave(ben.session);
          hub.enter(ben.session, { room: room(OTHER_ROOM) });
        }
        waits += 1;
      },
    });
    let waits = 0;
    await moderation.kick(ann, ROOM, { peerId: ben.session.peerId });
    expect([ben.socket.closedWith, ben.session.participant?.room.roomId]).toEqual([undefined, OTHER_ROOM]);
  });

  it('[RM6] puts out all peers of a user who is banned', async () => {
    const { moderation, ann, ben, otherBen, cem, banned } = setUp();
    await moderation.kick(ann, ROOM, { peerId: ben.session.peerId, ban: true });
    expect([ben, otherBen, cem].map(({ socket }) => socket.closedWith)).toEqual([4004, 4004, undefined]);
    expect(banned).toEqual(['ben']);
  });

  it('[RM6] lets somebody with the role admin do what the owner may', async () => {
    const { moderation, actor, ben } = setUp();
    await moderation.kick(actor('dan', { role: 'admin' }), ROOM, { peerId: ben.session.peerId });
    expect(ben.socket.closedWith).toBe(4003);
  });

  it('[RM6] tells everybody inside of the lock', async () => {
    const { moderation, ann, cem } = setUp();
    await moderation.lock(ann, ROOM, { locked: true });
    expect(cem.socket.all('room:updated')).toMatchObject([{ room: { locked: true, participants: 3 } }]);
  });

  it('[RM6] closes the room for everybody', async () => {
    const { moderation, ann, ben, otherBen, cem, removed, hub } = setUp({ persistent: false });
    await moderation.close(ann, ROOM);
    expect([ben, otherBen, cem].map(({ socket }) => socket.closedWith)).toEqual([4005, 4005, 4005]);
    expect([removed, hub.liveRooms.countIn(ROOM)]).toEqual([[ROOM], 0]);
  });

  it('[RM6] is refused to others, also by a token that runs another room', async () => {
    const { moderation, actor, cem } = setUp();
    const elsewhere = actor('zoe', {
      room: { id: OTHER_ROOM, admin: true, name: null, send: null, skipKnock: false, issuedAt: null },
    });
    for (const stranger of [actor('ben'), elsewhere]) {
      await expect(moderation.kick(stranger, ROOM, { peerId: cem.session.peerId })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    expect(cem.socket.closedWith).toBeUndefined();
  });

  it('[RM6] finds neither a room that is not there nor a peer who is elsewhere', async () => {
    const { moderation, ann, inside } = setUp();
    const other = inside('dan', OTHER_ROOM);
    await expect(moderation.lock(ann, OTHER_ROOM, { locked: true })).rejects.toMatchObject({
      code: 'room_not_found',
    });
    for (const peerId of [other.session.peerId, randomIds.peerId()] as PeerId[]) {
      await expect(moderation.kick(ann, ROOM, { peerId })).rejects.toMatchObject({ code: 'peer_gone' });
    }
  });
});

describe('[RM6] moderation while the store answers late', () => {
  /** Ben runs the room from inside, and the store answers when the test says so. */
  function late() {
    const answers: (() => void)[] = [];
    const wait = () => new Promise<void>((answer) => answers.push(answer));
    const on = setUp({ wait });
    const { ben, actor } = on;
    const service = actor('ben', { role: 'service' });
    ben.session.identity = service;
    const acting = { from: ben.session.peerId, bearer: ben.session };
    /** Lets `waits` questions be answered, and something happen before the last answer. */
    const answer = async (waits: number, meanwhile: () => void) => {
      for (let left = waits; left > 0; left -= 1) {
        await until(() => answers.length > 0);
        if (left === 1) meanwhile();
        answers.shift()?.();
      }
    };
    const acts = {
      kick: () => on.moderation.kick(service, ROOM, { peerId: on.cem.session.peerId, ...acting }),
      ban: () => on.moderation.kick(service, ROOM, { peerId: on.cem.session.peerId, ban: true, ...acting }),
      lock: () => on.moderation.lock(service, ROOM, { locked: true, ...acting }),
      mute: () =>
        on.moderation.mute(service, ROOM, { peerId: on.cem.session.peerId, kind: 'audio', ...acting }),
      close: () => on.moderation.close(service, ROOM, acting),
    };
    const changes = () => [on.cem.socket.closedWith, on.cem.socket.all('room:mute'), on.banned, on.locks];
    return { ...on, acts, answer, changes };
  }
  const NONE = [undefined, [], [], []];
  const each = [
    ['kick', 1],
    ['ban', 1],
    ['ban', 2],
    ['lock', 1],
    ['mute', 1],
    ['close', 1],
  ] as const;

  it.each(each)('does nothing (%s, wait %i) once the actor has left', async (act, waits) => {
    const { acts, answer, changes, hub, ben } = late();
    const done = expect(acts[act]()).rejects.toMatchObject({ code: 'not_in_room' });
    await answer(waits, () => hub.bye(ben.session));
    await done;
    expect(changes()).toEqual(NONE);
  });

  it.each(each)('does nothing (%s, wait %i) once the actor runs the room no more', async (act, waits) => {
    const { acts, answer, changes, ben, actor } = late();
    const done = expect(acts[act]()).rejects.toMatchObject({ code: 'forbidden' });
    await answer(waits, () => {
      ben.session.identity = actor('ben');
    });
    await done;
    expect(changes()).toEqual(NONE);
  });
});

describe('moderation from inside', () => {
  it('[RM6] puts out another tab of the actor, and neither its own peer nor its own user', async () => {
    const { moderation, actor, ben, otherBen } = setUp();
    const admin = actor('ben', { role: 'service' });
    const from = ben.session.peerId;
    const refusal = expect.objectContaining({ code: 'forbidden' });
    await expect(moderation.kick(admin, ROOM, { peerId: from, from })).rejects.toThrow(refusal);
    await expect(
      moderation.kick(admin, ROOM, { peerId: otherBen.session.peerId, ban: true, from }),
    ).rejects.toThrow(refusal);
    await moderation.kick(admin, ROOM, { peerId: otherBen.session.peerId, from });
    expect([ben, otherBen].map(({ socket }) => socket.closedWith)).toEqual([undefined, 4003]);
  });

  it('[RM6] closes the room, and leaves the actor its session', async () => {
    const { moderation, actor, ben, otherBen, cem } = setUp();
    await moderation.close(actor('ben', { role: 'service' }), ROOM, { from: ben.session.peerId });
    expect([ben, otherBen, cem].map(({ socket }) => socket.closedWith)).toEqual([undefined, 4005, 4005]);
    expect([ben.session.isLive, ben.session.participant]).toEqual([true, undefined]);
  });

  it('[RM6] asks a peer to mute in the name of the actor', async () => {
    const { moderation, actor, ben, cem } = setUp();
    const from = ben.session.peerId;
    await moderation.mute(actor('ben', { role: 'service' }), ROOM, {
      peerId: cem.session.peerId,
      kind: 'audio',
      from,
    });
    expect(cem.socket.all('room:mute')).toEqual([{ from, fromUserId: 'ben', kind: 'audio' }]);
  });
});
