import { describe, expect, it } from 'vitest';
import { RoomReply } from '../../src/protocol/bodies.ts';
import { api } from '../support/server/api.ts';
import { codeOf, type Guest, type Person, type Stage, startStage } from './stage.ts';

const NOBODY = '99999999-9999-4999-8999-999999999999';
const NO_ROOM = '33333333-3333-4333-8333-333333333333';

/** Two people in a room who know of each other, and one in a room of another owner. */
async function twoRooms(stage: Stage) {
  const [here, there] = [await stage.room(), await stage.room()];
  const [ann, ben, zoe] = [
    await (await stage.guest('Ann')).inside(here),
    await (await stage.guest('Ben')).inside(here),
    await (await stage.guest('Zoe')).inside(there),
  ];
  await ann.next('peer:joined');
  return { here, there, ann, ben, zoe };
}

describe('signaling across rooms', () => {
  it('[RM4][CA4] is impossible: peer_gone, nothing delivered, and the same words whether the peer exists or not', async () => {
    const stage = await startStage();
    const { ann, ben, zoe } = await twoRooms(stage);
    const heard = [ann.texts.length, ben.texts.length];
    const messages = [
      ['call:offer', { sdp: 'v=0' }],
      ['call:answer', { sdp: 'v=0' }],
      ['call:ice', { candidate: 'candidate:1' }],
      ['call:hangup', { reason: 'declined' }],
    ] as const;
    for (const [event, payload] of messages) {
      const real = await zoe.request(event, { ...payload, to: ann.peerId });
      const none = await zoe.request(event, { ...payload, to: NOBODY });
      expect(codeOf(real)).toBe('peer_gone');
      expect(real.payload).toEqual(none.payload);
      const user = await zoe.request(event, { ...payload, userId: ann.guest.userId });
      const nobody = await zoe.request(event, { ...payload, userId: 'nobody' });
      expect(codeOf(user)).toBe('peer_gone');
      expect(user.payload).toEqual(nobody.payload);
    }
    for (const client of [ann, ben]) await client.settled();
    expect([ann.texts.length, ben.texts.length]).toEqual(heard.map((count) => count + 1));
    const leaked = [ann, ben].flatMap(({ peerId, guest }) => [peerId, guest.userId]);
    for (const secret of leaked) expect(zoe.texts.join()).not.toContain(secret);
  });

  it('[RM4] tells nobody outside who is inside, over WebSocket or HTTP', async () => {
    const stage = await startStage();
    const owner = await stage.guest();
    const roomId = await stage.room({ password: 'open sesame' });
    const outside = await owner.connect();
    expect(codeOf(await outside.request('room:join', { roomId }))).toBe('password_required');
    for (const event of ['media:state', 'speaking', 'typing'] as const) {
      const payload = { audio: true, video: true, screen: true, speaking: true, typing: true };
      expect(codeOf(await outside.request(event, payload))).toBe('not_in_room');
    }
    const reply = await stage.get(`/connect/${roomId}`, owner.token, { Accept: 'application/json' });
    expect([reply.status, (await reply.json()).code]).toEqual([403, 'password_required']);
    expect(outside.events().filter((event) => event.startsWith('peer:'))).toEqual([]);
  });

  it('[CA4] ends the moment that a peer leaves: peer_gone', async () => {
    const stage = await startStage();
    const { ann, ben } = await twoRooms(stage);
    await ben.request('room:leave');
    await ann.next('peer:left');
    expect(codeOf(await ann.request('call:offer', { to: ben.peerId, sdp: 'v=0' }))).toBe('peer_gone');
    expect(codeOf(await ben.request('call:offer', { to: ann.peerId, sdp: 'v=0' }))).toBe('not_in_room');
  });
});

describe('`from`', () => {
  it("[CA2] is the server's in every message, whatever the client puts there", async () => {
    const stage = await startStage();
    const { ann, ben, zoe } = await twoRooms(stage);
    const forged = { from: zoe.peerId, fromUserId: zoe.guest.userId };
    const payloads = [
      ['call:offer', { sdp: { type: 'offer', sdp: 'v=0', from: 'kept: not the server’s' } }],
      ['call:answer', { sdp: 'v=0' }],
      ['call:ice', { candidate: null }],
      ['call:hangup', { reason: 'user_hangup' }],
    ] as const;
    for (const [event, payload] of payloads) {
      await ann.request(event, { ...forged, ...payload, to: ben.peerId, ...forged });
      expect((await ben.next(event)).payload).toEqual({
        ...payload,
        to: ben.peerId,
        from: ann.peerId,
        fromUserId: ann.guest.userId,
      });
    }
    const twice = `{"event":"call:offer","payload":{"to":"${ben.peerId}","from":"x","sdp":"v=0","\\u0066rom":"${zoe.peerId}"}}`;
    ann.sendText(twice);
    const offer = await ben.next('call:offer');
    expect(offer.payload).toMatchObject({ from: ann.peerId, fromUserId: ann.guest.userId });
    expect(ben.texts.at(-1)).not.toContain(zoe.peerId);
  });
});

describe('an existing two-person client', () => {
  const flow = async (caller: Person, callee: Person): Promise<void> => {
    await caller.request('call:offer', { userId: callee.guest.userId, sdp: 'offer', callId: 7 });
    expect((await callee.next('call:offer')).payload).toEqual({
      userId: callee.guest.userId,
      sdp: 'offer',
      callId: 7,
      from: caller.peerId,
      fromUserId: caller.guest.userId,
    });
    await callee.request('call:answer', { sdp: 'answer' });
    expect((await caller.next('call:answer')).payload).toMatchObject({ sdp: 'answer', from: callee.peerId });
    await caller.request('call:ice', { candidate: 'candidate:1' });
    expect((await callee.next('call:ice')).payload).toMatchObject({ candidate: 'candidate:1' });
    await callee.request('call:ice', { candidates: ['candidate:2', null] });
    expect((await caller.next('call:ice')).payload).toMatchObject({ candidates: ['candidate:2', null] });
  };

  it('[CA3] calls by userId, answers, sends candidates without `to`, and hangs up in a room', async () => {
    const stage = await startStage();
    const { ann, ben } = await twoRooms(stage);
    await flow(ann, ben);
    await ben.request('call:hangup');
    expect((await ann.next('call:hangup')).payload).toEqual({
      from: ben.peerId,
      fromUserId: ben.guest.userId,
    });
  });

  it('[CA6] does so without a room too, and with messages that have no id', async () => {
    const stage = await startStage({ DIRECT_CALLS: 'on' });
    const [ann, ben] = [await stage.person(), await stage.person()];
    await flow(ann, ben);
    ann.send('call:hangup', { reason: 'user_hangup' });
    expect((await ben.next('call:hangup')).payload).toEqual({
      reason: 'user_hangup',
      from: ann.peerId,
      fromUserId: ann.guest.userId,
    });
  });

  it.each([
    ['in a room', true],
    ['without a room', false],
  ])('[CA5] is hung up on when the other’s socket dropped and nobody came back, %s', async (_, together) => {
    const stage = await startStage({ RESUME_WINDOW_MS: '300', DIRECT_CALLS: 'on' });
    const { ann, ben } = together
      ? await twoRooms(stage)
      : { ann: await stage.person(), ben: await stage.person() };
    await flow(ann, ben);
    ben.cut();
    expect((await ann.next('call:hangup')).payload).toEqual({
      from: ben.peerId,
      fromUserId: ben.guest.userId,
      reason: 'peer_left',
    });
    if (!together) return;
    expect((await ann.next('peer:left')).payload).toEqual({ peerId: ben.peerId, reason: 'timeout' });
    const order = ann.events().filter((event) => /suspended|hangup|left/.test(event));
    expect(order).toEqual(['peer:suspended', 'call:hangup', 'peer:left']);
  });

  it('[CA6] reaches nobody if the user is offline', async () => {
    const stage = await startStage({ DIRECT_CALLS: 'on' });
    const [ann, offline] = [await stage.person(), await stage.guest()];
    const answer = await ann.request('call:offer', { userId: offline.userId, sdp: 'v=0' });
    expect(codeOf(answer)).toBe('user_offline');
  });
});

describe('joining a room', () => {
  it('[RM1] needs the password: none or a wrong one is refused, and the session goes on', async () => {
    const stage = await startStage();
    const roomId = await stage.room({ password: 'open sesame' });
    const ann = await stage.person();
    const knock = async (password?: string): Promise<unknown> =>
      codeOf(await ann.request('room:join', { roomId, password }));
    expect(await knock()).toBe('password_required');
    expect(await knock('')).toBe('wrong_password');
    expect(await knock('close sesame')).toBe('wrong_password');
    expect(await knock('open sesame')).toBe('room:joined');
    expect(await knock('open sesame')).toBe('already_in_room');
  });

  it('[RM1] succeeds for as many as `max` says, and for another one when somebody has left', async () => {
    const stage = await startStage();
    const roomId = await stage.room({ max: 2 });
    const guests = await Promise.all([stage.guest(), stage.guest(), stage.guest()]);
    const [ann, , cat] = await Promise.all(guests.map((guest) => guest.connect()));
    await guests[1].inside(roomId);
    expect(codeOf((await ann?.request('room:join', { roomId })) ?? { event: '' })).toBe('room:joined');
    expect(codeOf((await cat?.request('room:join', { roomId })) ?? { event: '' })).toBe('room_full');
    await ann?.request('room:leave');
    expect(codeOf((await cat?.request('room:join', { roomId })) ?? { event: '' })).toBe('room:joined');
  });

  it('[RM1] succeeds for as many as there are places if twenty join at once', async () => {
    const stage = await startStage({ SESSIONS_PER_USER: '50' });
    const roomId = await stage.room({ max: 5 });
    const guest = await stage.guest();
    const crowd = await Promise.all(Array.from({ length: 20 }, () => guest.connect()));
    const answers = await Promise.all(crowd.map((person) => person.request('room:join', { roomId })));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 'room:joined')).toHaveLength(5);
    expect(codes.filter((code) => code === 'room_full')).toHaveLength(15);
  });

  it.each([
    ['an unknown room', NO_ROOM, 'room_not_found'],
    ['an id that is not a UUID', 'kitchen', 'invalid_message'],
    ['__proto__', '__proto__', 'invalid_message'],
    ['a UUID in capitals', NO_ROOM.toUpperCase().replaceAll('3', 'A'), 'invalid_message'],
    ['a path', '../rooms', 'invalid_message'],
    ['a number', 7, 'invalid_message'],
    ['nothing', null, 'invalid_message'],
  ])('[RM1] is not found by %s', async (_, roomId, code) => {
    const stage = await startStage();
    const ann = await stage.person();
    expect(codeOf(await ann.request('room:join', { roomId }))).toBe(code);
    await ann.settled();
  });
});

describe('the media of a peer', () => {
  const ON = { audio: true, video: true, screen: true };

  it.each([
    [{}, { audio: false, video: false, screen: false }],
    [{ audio: true }, { audio: true, video: false, screen: false }],
    [
      { video: true, audio: false },
      { audio: false, video: true, screen: false },
    ],
    [ON, ON],
  ])('[RM1] is off after a join unless it is named: %j', async (media, told) => {
    const stage = await startStage();
    const roomId = await stage.room();
    const ann = await (await stage.guest('Ann')).inside(roomId);
    const ben = await stage.person();
    expect(codeOf(await ben.request('room:join', { roomId, media }))).toBe('room:joined');
    expect((await ann.next('peer:joined')).payload.peer.media).toEqual(told);
  });

  it('stays as it was if a change does not name it; the others are told all three', async () => {
    const stage = await startStage();
    const { ann, ben } = await twoRooms(stage);
    const changes = [
      [{ audio: true }, { audio: true, video: false, screen: false }],
      [{ screen: true }, { audio: true, video: false, screen: true }],
      [
        { audio: false, video: true },
        { audio: false, video: true, screen: true },
      ],
      [{}, { audio: false, video: true, screen: true }],
    ] as const;
    for (const [change, told] of changes) {
      expect(codeOf(await ben.request('media:state', change))).toBe('ack');
      expect((await ann.next('peer:media')).payload).toEqual({ peerId: ben.peerId, ...told });
    }
    expect(codeOf(await ben.request('media:state', { audio: 'yes' }))).toBe('invalid_message');
  });
});

describe('joining and leaving', () => {
  it('[RM1] two tabs of one user are two peers who can call each other', async () => {
    const stage = await startStage();
    const roomId = await stage.room();
    const guest: Guest = await stage.guest();
    const [first, second] = [await guest.inside(roomId), await guest.inside(roomId)];
    expect(first.peerId).not.toBe(second.peerId);
    expect((await first.next('peer:joined')).payload.peer).toMatchObject({
      peerId: second.peerId,
      userId: guest.userId,
    });
    await second.request('call:offer', { to: first.peerId, sdp: 'v=0' });
    expect((await first.next('call:offer')).payload).toMatchObject({ from: second.peerId });
    second.send('session:bye');
    expect((await first.next('peer:left')).payload).toEqual({ peerId: second.peerId, reason: 'hangup' });
    await first.settled();
  });

  it('[RM3] a thousand times leaves nothing behind', async () => {
    const stage = await startStage({ MESSAGE_BURST: '100000', KEPT_MESSAGES: '100000' });
    const roomId = await stage.room();
    const watcher = await (await stage.guest()).inside(roomId);
    const ann = await stage.person();
    for (let round = 0; round < 1_000; round += 1) {
      ann.send('room:join', { roomId });
      ann.send('room:leave');
    }
    await ann.settled();
    await watcher.settled();
    const heard = watcher.events().filter((event) => event.startsWith('peer:'));
    expect(heard).toEqual(Array.from({ length: 1_000 }, () => ['peer:joined', 'peer:left']).flat());
    expect(ann.events()).not.toContain('error');
    const { room } = await api(stage.server.url, `/rooms/${roomId}`, {
      reply: RoomReply,
      token: ann.guest.token,
    });
    expect(room.participants).toBe(1);
  });
});
