import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/codes.ts';
import { SECRET } from '../support/server/accounts.ts';
import { ask, minted } from './hosting.ts';
import { startStage } from './stage.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const OFFER = { type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n' };
const ANSWER = { type: 'answer', sdp: 'v=0\r\no=- 3 4 IN IP4 127.0.0.1\r\n' };
/** What backends put into `userInfo`. */
const ANY_SHAPE: readonly unknown[] = [
  'ada',
  42,
  ['a', null, { b: 1 }],
  null,
  { deep: { deeper: [[]] } },
  false,
];

/** A server, and a backend that was written for a media server with these paths. */
async function backend() {
  const stage = await startStage({ JWT_SECRET: SECRET });
  const service = await minted(stage, { sub: 'backend', role: 'service' });
  const call = async (method: string, path: string, body?: object) => {
    const reply = await ask(stage, method, `/rooms/${ROOM}${path}`, service, body);
    const answer = await reply.json();
    // `consume` has a status of its own.
    return {
      ...answer,
      ...('status' in answer && reply.ok ? { answered: answer.status } : {}),
      status: reply.status,
    };
  };
  return { stage, call };
}

describe('a backend that was written for a media server', () => {
  it.each(ANY_SHAPE.map((userInfo) => ({ userInfo })))(
    '[CT0] [CT1] [CT2] [CT3] finds its flow again, with $userInfo as userInfo',
    async ({ userInfo }) => {
      const { call } = await backend();
      const [ada, ben] = [
        { id: 'ada', userInfo },
        { id: 'ben', userInfo: { of: userInfo } },
      ];

      // Create a room with its first user, and add the second.
      expect(await call('POST', '', { userId: ada.id, userInfo })).toMatchObject({
        status: 201,
        roomId: ROOM,
        userId: ada.id,
        userInfo,
        users: [ada],
      });
      expect(await call('POST', '/users/ben', { userInfo: ben.userInfo })).toEqual({
        status: 200,
        ...ben,
        users: [ada, ben],
      });

      // Produce with offers.
      expect(
        await call('POST', '/users/ada/produce', {
          constraints: { audio: true, video: true },
          offers: [{ id: 'ben', offer: OFFER }],
        }),
      ).toEqual({
        status: 200,
        ...ada,
        constraints: { audio: true, video: true, screen: false },
        outbound: [ben],
      });

      // Consume with answers, once.
      const answers = [{ id: 'ada', answer: ANSWER }];
      expect(await call('POST', '/users/ben/consume', { answers })).toEqual({
        status: 200,
        answered: 'connected',
      });
      expect(await call('POST', '/users/ben/consume', { answers })).toMatchObject({
        status: 409,
        code: 'no_pending_offer',
      });

      // Mute by constraints.
      expect(await call('POST', '/users/ada/produce', { constraints: { audio: false } })).toEqual({
        status: 200,
        ...ada,
        constraints: { audio: false, video: true, screen: false },
        outbound: [ben],
      });

      // Stop producing, remove a user, delete the room.
      expect(await call('DELETE', '/users/ada/produce')).toEqual({ status: 200, ...ada, outbound: [ben] });
      expect(await call('DELETE', '/users/ben')).toEqual({ status: 200, ...ben, outbound: [ada] });
      expect(await call('DELETE', '')).toEqual({ status: 200, count: 0 });
      expect(await call('DELETE', '')).toMatchObject({ status: 404, code: 'room_not_found' });
    },
  );

  it('[CT1] [CT2] [CT3] [CT4] has its second user connect midway, and then the first', async () => {
    const { call, stage } = await backend();
    await call('POST', '', { userId: 'ada', userInfo: 'A' });
    await call('POST', '/users/ben', { userInfo: 'B' });
    const offers = [{ id: 'ben', offer: OFFER }];
    const constraints = { audio: true, video: true };
    await call('POST', '/users/ada/produce', { constraints, offers });

    const ben = await (await minted(stage, { sub: 'ben' })).inside(ROOM);
    expect((await ben.next('call:offer')).payload).toEqual({ sdp: OFFER, from: null, fromUserId: 'ada' });
    // One answers by itself, the other by the backend.
    expect((await ben.request('call:answer', { userId: 'ada', sdp: ANSWER })).event).toBe('ack');
    expect(await call('POST', '/users/ben/consume', { id: 'ada', answer: ANSWER })).toMatchObject({
      status: 409,
      code: 'no_pending_offer',
    });
    await call('POST', '/users/ben/produce', { offer: 'v=1' });
    expect(await call('POST', '/users/ada/consume', { id: 'ben', answer: 'v=2' })).toMatchObject({
      status: 200,
    });
    expect((await ben.next('call:answer')).payload).toEqual({ sdp: 'v=2', from: null, fromUserId: 'ada' });

    const ada = await (await minted(stage, { sub: 'ada' })).inside(ROOM);
    await ada.next('peer:media');
    await ada.settled();
    const joined = ada.frames.findIndex(({ event }) => event === 'room:joined');
    expect(ada.frames.slice(joined + 1, joined + 4).map(({ event, payload }) => [event, payload])).toEqual([
      ['peer:media', { peerId: ada.peerId, audio: true, video: true, screen: false }],
      ['call:answer', { sdp: ANSWER, from: ben.peerId, fromUserId: 'ben', userId: 'ada' }],
      ['call:offer', { sdp: 'v=1', from: ben.peerId, fromUserId: 'ben' }],
    ]);
    expect((await ben.next('peer:joined')).payload).toMatchObject({
      peer: { userId: 'ada', media: { audio: true, video: true, screen: false } },
    });

    await call('POST', '/users/ada/produce', { constraints: { audio: false } });
    for (const person of [ada, ben]) {
      expect((await person.next('peer:media')).payload).toEqual({
        peerId: ada.peerId,
        audio: false,
        video: true,
        screen: false,
      });
    }
    expect(await call('DELETE', '/users/ada/produce')).toEqual({
      status: 200,
      id: 'ada',
      userInfo: 'A',
      outbound: [{ id: 'ben', userInfo: 'B' }],
    });
    expect((await ben.next('peer:media')).payload).toMatchObject({ audio: false, video: false });
    expect(ben.frames.filter(({ event }) => event === 'call:hangup')).toEqual([]);
    await call('DELETE', '/users/ben');
    expect((await ben.closed).code).toBe(CLOSE.kicked);
    expect((await ada.next('peer:left')).payload).toEqual({ peerId: ben.peerId, reason: 'kicked' });
    expect(await call('DELETE', '')).toEqual({ status: 200, count: 1 });
    expect((await ada.closed).code).toBe(CLOSE.roomClosed);
  });
});
