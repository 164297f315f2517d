import { describe, expect, it } from 'vitest';
import type { CreateRoomRequest } from '../../src/protocol/bodies.ts';
import { createRoom } from '../support/server/api.ts';
import type { RawFrame } from '../support/server/ws-client.ts';
import { codeOf, type Person, type Stage, startStage } from './stage.ts';

/** A room with a waiting room, and its owner inside. */
async function hosted(stage: Stage, body: CreateRoomRequest = {}) {
  const owner = await stage.guest('Host');
  const { id: roomId } = await createRoom(stage.server.url, owner.token, { waitingRoom: true, ...body });
  const host = await owner.inside(roomId);
  await host.next('room:knocks');
  return { roomId, owner, host };
}

/** A new guest who waits. */
async function waiting(stage: Stage, roomId: string, name = 'Guest') {
  const guest = await stage.guest(name);
  return knock(await guest.connect(), roomId);
}

async function knock(person: Person, roomId: string) {
  const { event, payload } = await person.request('room:join', { roomId });
  expect(event).toBe('knock:waiting');
  const { knockId } = payload as { knockId: string };
  return Object.assign(person, { knockId });
}

function itemsOf({ payload }: RawFrame): { knockId: string }[] {
  return (payload as { items: { knockId: string }[] }).items;
}

describe('a knock', () => {
  it('[KN1] is what somebody gets instead of a place, and tells nothing but the name of the room', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage, { name: 'Tea' });
    const guest = await stage.guest('Ben');
    const ben = await guest.connect();
    const { event, payload } = await ben.request('room:join', { roomId });
    expect([event, payload]).toEqual([
      'knock:waiting',
      { knockId: expect.any(String), room: { id: roomId, name: 'Tea' } },
    ]);
    await host.next('room:knocks');
    await ben.settled();
    expect(ben.events()).toEqual(['welcome', 'knock:waiting', 'pong']);
    expect(ben.texts.join()).not.toContain(host.peerId);
    const { room } = await (await stage.get(`/rooms/${roomId}`, guest.token)).json();
    expect(room.participants).toBe(1);
    expect(host.events()).not.toContain('peer:joined');
  });

  it('[KN2] is shown to every host inside, longest first', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage);
    const [ben, cat] = [await waiting(stage, roomId, 'Ben'), await waiting(stage, roomId, 'Cat')];
    await host.next('room:knocks');
    const { payload } = await host.next('room:knocks');
    expect(payload).toEqual({
      items: [ben, cat].map(({ knockId, guest }, place) => ({
        knockId,
        userId: guest.userId,
        displayName: ['Ben', 'Cat'][place],
        kind: 'guest',
        since: expect.stringMatching(/^\d{4}-.*Z$/),
      })),
    });
  });

  it('[KN3] is answered with a place when a host admits it', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage);
    const ben = await waiting(stage, roomId, 'Ben');
    expect(codeOf(await host.request('room:admit', { knockId: ben.knockId }))).toBe('ack');
    const { payload } = await ben.next('room:joined');
    expect(payload).toMatchObject({
      room: { id: roomId, participants: 2 },
      peers: [{ peerId: host.peerId }],
    });
    expect((await host.next('peer:joined')).payload).toMatchObject({ peer: { peerId: ben.peerId } });
    await host.next('room:knocks');
    expect(itemsOf(await host.next('room:knocks'))).toEqual([]);
    expect(codeOf(await host.request('room:admit', { knockId: ben.knockId }))).toBe('not_found');
  });

  it('[KN4] is one per user', async () => {
    const stage = await startStage();
    const { roomId } = await hosted(stage);
    const ben = await waiting(stage, roomId);
    const tab = await ben.guest.connect();
    expect(codeOf(await tab.request('room:join', { roomId }))).toBe('rate_limited');
  });

  it('[KN5] ends when the room is closed', async () => {
    const stage = await startStage();
    const { roomId, host } = await hosted(stage);
    const ben = await waiting(stage, roomId);
    await host.request('room:close');
    expect(codeOf(await ben.next('error'))).toBe('room_not_found');
  });
});
