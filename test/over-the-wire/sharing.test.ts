import { describe, expect, it } from 'vitest';
import {
  SHARED_KEY_CHARACTERS,
  SHARED_KEYS,
  SHARED_VALUE_BYTES,
} from '../../src/signaling/live-rooms/shared-data.ts';
import { createRoom } from '../support/server/api.ts';
import type { RawFrame } from '../support/server/ws-client.ts';
import { codeOf, type Person, type Stage, startStage } from './stage.ts';

/** Two people in a room of a third. */
async function together(stage: Stage): Promise<[ann: Person, ben: Person, roomId: string]> {
  const roomId = await stage.room();
  const ann = await (await stage.guest('Ann')).inside(roomId);
  const ben = await (await stage.guest('Ben')).inside(roomId);
  return [ann, ben, roomId];
}

describe('what those inside share', () => {
  it('[RM9] is told to all, and answers its sender', async () => {
    const [ann, ben] = await together(await startStage());
    const value = { page: 3, __proto__: null };
    const reply = await ann.request('room:data', { key: 'slides', value });
    const payload = { key: 'slides', value: { page: 3 }, by: ann.peerId };
    expect(reply).toMatchObject({ event: 'room:data', payload });
    expect((await ben.next('room:data')).payload).toEqual(payload);
    expect((await ben.request('room:data', { key: 'slides', value: null })).payload).toEqual({
      key: 'slides',
      value: null,
      by: ben.peerId,
    });
  });
});

describe('a raised hand', () => {
  it('[RM10] is told to all with its time, and lowered again', async () => {
    const [ann, ben] = await together(await startStage());
    expect(codeOf(await ann.request('hand', { raised: true }))).toBe('ack');
    const raised = await ben.next('peer:hand');
    expect(raised.payload).toMatchObject({ peerId: ann.peerId, raised: true, at: expect.any(String) });
    expect(codeOf(await ann.request('hand', { raised: false }))).toBe('ack');
    const down = await ben.next('peer:hand', ({ seq }) => seq !== raised.seq);
    expect(down.payload).toEqual({ peerId: ann.peerId, raised: false, at: null });
  });
});

describe('what a peer tells of itself', () => {
  it('[RM11] is told to all', async () => {
    const [ann, ben] = await together(await startStage());
    const userInfo = { seat: 3 };
    expect(codeOf(await ann.request('peer:update', { displayName: 'Anna', userInfo }))).toBe('ack');
    const payload = { peerId: ann.peerId, displayName: 'Anna', userInfo };
    for (const person of [ann, ben]) expect((await person.next('peer:updated')).payload).toEqual(payload);
  });
});

const PAGE = { key: 'page', value: 1 };
const dataOf = ({ payload }: RawFrame): unknown =>
  typeof payload === 'object' && payload !== null && 'data' in payload ? payload.data : undefined;

describe('[RM9] shared data', () => {
  it('is told to newcomers, goes with the last peer, and stays for a suspended one', async () => {
    const stage = await startStage();
    const [ann, ben, roomId] = await together(stage);
    await ann.request('room:data', PAGE);
    await ann.request('room:leave');
    const watcher = await (await stage.guest()).inside(roomId);
    ben.cut();
    await watcher.next('peer:suspended');
    await watcher.request('room:leave');
    // Only the suspended one is there now.
    expect(dataOf(await ann.request('room:join', { roomId }))).toEqual({ page: 1 });
    await ann.request('room:data', { key: 'page', value: 2 });
    const back = ben.resume();
    expect((await back.welcome).payload.resumed).toBe(true);
    expect(
      (await back.next('room:data', ({ payload }) => JSON.stringify(payload).includes('"value":2'))).payload,
    ).toEqual({
      key: 'page',
      value: 2,
      by: ann.peerId,
    });
    await ann.request('room:leave');
    await back.request('room:leave');
    expect(dataOf(await ann.request('room:join', { roomId }))).toEqual({});
  });

  it('survives its last peer’s reload, whose place the new one takes [RM8]', async () => {
    const stage = await startStage();
    const [ann, ben, roomId] = await together(stage);
    await ann.request('room:data', PAGE);
    await ben.request('room:leave');
    const watcher = await (await stage.guest()).inside(roomId);
    ann.cut();
    await watcher.next('peer:suspended');
    await watcher.request('room:leave');
    const again = await ann.guest.connect();
    expect(dataOf(await again.request('room:join', { roomId }))).toEqual({ page: 1 });
  });

  it('takes 32 keys of up to 64 characters and values of up to 1 KiB', async () => {
    const [ann] = await together(await startStage());
    const set = async (key: string, value: unknown) => codeOf(await ann.request('room:data', { key, value }));
    for (let n = 0; n < SHARED_KEYS; n += 1) expect(await set(`key ${n}`, n)).toBe('room:data');
    expect(await set('one more', 1)).toBe('too_large');
    expect(await set('one more', null)).toBe('room:data');
    expect(await set('key 0', 'changed')).toBe('room:data');
    expect(await set('key 0', null)).toBe('room:data');
    const longest = '🙂'.repeat(SHARED_KEY_CHARACTERS);
    expect(await set(`${longest}!`, 1)).toBe('too_large');
    expect(await set(longest, 1)).toBe('room:data');
    expect(await set('', 1)).toBe('invalid_message');
    expect(codeOf(await ann.request('room:data', { key: 'key 1' }))).toBe('invalid_message');
    const largest = 'é'.repeat((SHARED_VALUE_BYTES - 2) / 2);
    expect(await set('key 1', largest)).toBe('room:data');
    expect(await set('key 1', `${largest}e`)).toBe('too_large');
  });

  it('may have any key', async () => {
    const stage = await startStage();
    const [ann, , roomId] = await together(stage);
    const keys = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
    for (const key of keys) {
      ann.sendText(`{"event":"room:data","payload":{"key":"${key}","value":{"__proto__":{"of":"${key}"}}}}`);
    }
    await ann.settled();
    const late = await (await stage.guest()).connect();
    const { re } = await late.request('room:join', { roomId });
    const text = late.texts.find((one) => one.includes(`"re":${re},`)) ?? '';
    for (const key of keys) expect(text).toContain(`"${key}":{"__proto__":{"of":"${key}"}}`);
    expect({}).not.toHaveProperty('of');
  });

  it('is for those inside', async () => {
    const stage = await startStage();
    const outside = await stage.person();
    for (const [event, payload] of [
      ['room:data', PAGE],
      ['hand', { raised: true }],
      ['react', { emoji: '👍' }],
      ['peer:update', {}],
    ] as const) {
      expect(codeOf(await outside.request(event, payload))).toBe('not_in_room');
    }
  });
});

describe('[RM10] hands and reactions', () => {
  it('lets hosts lower hands, and nobody else; a hand keeps its time and goes with its peer', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token);
    const ann = await owner.inside(roomId);
    const ben = await (await stage.guest('Ben')).inside(roomId);
    const cem = await (await stage.guest('Cem')).inside(roomId);
    await ben.request('hand', { raised: true });
    const { at } = (await ann.next('peer:hand')).payload;
    expect(codeOf(await ben.request('hand', { raised: true, peerId: ben.peerId }))).toBe('ack');
    const lower = { raised: false, peerId: ben.peerId };
    expect(codeOf(await cem.request('hand', lower))).toBe('forbidden');
    expect(codeOf(await ann.request('hand', { ...lower, raised: true }))).toBe('forbidden');
    expect(codeOf(await ann.request('hand', { raised: false, peerId: roomId }))).toBe('peer_gone');
    const late = await (await stage.guest()).connect();
    expect(await late.request('room:join', { roomId })).toMatchObject({
      payload: { peers: [{ hand: null }, { hand: at }, { hand: null }] },
    });
    expect(codeOf(await ann.request('hand', lower))).toBe('ack');
    for (const person of [ben, cem, late]) {
      const down = await person.next('peer:hand', ({ payload }) => JSON.stringify(payload).includes('false'));
      expect(down.payload).toEqual({ peerId: ben.peerId, raised: false, at: null });
    }
    await ben.request('hand', { raised: true });
    await ben.request('room:leave');
    expect(await ben.request('room:join', { roomId })).toMatchObject({ event: 'room:joined' });
    expect(
      (await ann.next('peer:joined', ({ payload }) => JSON.stringify(payload).includes(ben.peerId))).payload,
    ).toMatchObject({
      peer: { hand: null },
    });
  });

  it('shows one emoji to the others, and keeps none for those who are away', async () => {
    const stage = await startStage();
    const [ann, ben, roomId] = await together(stage);
    const cem = await (await stage.guest('Cem')).inside(roomId);
    cem.cut();
    await ann.next('peer:suspended');
    const emojis = ['👍', '❤', '❤️', '🏳️‍🌈', '👨🏻‍👩🏻‍👧🏻‍👦🏻', '🇺🇦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '3️⃣', '☺️'];
    for (const emoji of emojis) {
      expect(codeOf(await ann.request('react', { emoji }))).toBe('ack');
      expect((await ben.next('peer:reaction')).payload).toEqual({ peerId: ann.peerId, emoji });
    }
    const wrong = ['', 'x', '3', '👍👍', ' 👍', '👍 ', ':+1:', '\u200d'];
    for (const emoji of wrong) {
      expect([emoji, codeOf(await ann.request('react', { emoji }))]).toEqual([emoji, 'invalid_message']);
    }
    expect(ann.events()).not.toContain('peer:reaction');
    const back = cem.resume();
    await back.welcome;
    await back.settled();
    expect(back.events()).not.toContain('peer:reaction');
  });
});

describe('[RM11] what a peer tells of itself', () => {
  it('stays as long as the peer, whose account keeps its name', async () => {
    const stage = await startStage();
    const [ann, ben, roomId] = await together(stage);
    await ann.request('peer:update', { displayName: 'Anna' });
    await ann.request('peer:update', { userInfo: { seat: 3 } });
    for (const bad of [
      { displayName: '' },
      { displayName: 'x'.repeat(65) },
      { userInfo: 'x'.repeat(4_096) },
    ]) {
      expect(codeOf(await ann.request('peer:update', bad))).toBe('invalid_message');
    }
    const late = await (await stage.guest()).connect();
    expect(await late.request('room:join', { roomId })).toMatchObject({
      payload: { peers: [{ displayName: 'Anna', userInfo: { seat: 3 } }, { displayName: 'Ben' }] },
    });
    const me = await (await stage.get('/auth/me', ann.guest.token)).json();
    expect(me.user.displayName).toBe('Ann');
    await ann.request('room:leave');
    await ann.request('room:join', { roomId });
    const again = await ben.next('peer:joined', ({ payload }) =>
      JSON.stringify(payload).includes(ann.peerId),
    );
    expect(again.payload).toMatchObject({ peer: { displayName: 'Ann', userInfo: null } });
  });
});
