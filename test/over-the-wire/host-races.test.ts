import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/codes.ts';
import { join, makeHost, party } from './hosting.ts';
import { codeOf, startStage } from './stage.ts';

describe('hosts who act at once', () => {
  it('[RM6] of two who demote each other, one stays host', async () => {
    const stage = await startStage();
    const { ann, ben, cem } = await party(stage);
    for (const each of [ben, cem]) await makeHost(ann, each);
    const answers = await Promise.all([makeHost(ben, cem, false), makeHost(cem, ben, false)]);
    expect([...answers].sort()).toEqual(['ack', 'forbidden']);
  });

  it('[RM6] of one who kicks and one who demotes the other, each is done whole or not at all', async () => {
    const stage = await startStage();
    const { ann, ben, cem } = await party(stage);
    await makeHost(ann, ben);
    const [kicked, demoted] = await Promise.all([
      ben.request('room:kick', { peerId: cem.peerId }),
      makeHost(ann, ben, false),
    ]);
    expect(demoted).toBe('ack');
    if (codeOf(kicked) === 'ack') expect((await cem.closed).code).toBe(CLOSE.kicked);
    else expect(codeOf(await cem.request('typing', { typing: true }))).toBe('ack');
    expect(codeOf(await ben.request('room:lock', { locked: true }))).toBe('forbidden');
  });

  it('[RM6] a ban keeps out whoever joins in the same moment', async () => {
    const stage = await startStage();
    const { roomId, ann, ben } = await party(stage, { max: 50 });
    const tabs = await Promise.all([1, 2, 3, 4].map(() => ben.guest.connect()));
    const joins = tabs.map((tab) => join(tab, roomId));
    const banned = ann.request('room:kick', { peerId: ben.peerId, ban: true });
    for (const [index, answer] of (await Promise.all(joins)).entries()) {
      if (answer === 'room:joined') expect((await tabs[index]?.closed)?.code).toBe(CLOSE.banned);
      else expect(answer).toBe('banned');
    }
    expect(codeOf(await banned)).toBe('ack');
    expect(await join(await ben.guest.connect(), roomId)).toBe('banned');
  });
});
