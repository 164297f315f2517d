import { describe, expect, it } from 'vitest';
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
