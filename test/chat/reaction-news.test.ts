import { describe, expect, it } from 'vitest';
import { ReactionNews, UNTOLD_MESSAGES } from '../../src/chat/reaction-news.ts';
import { CHARACTERS_PER_SECOND, PACE_MS } from '../../src/lib/paced-sends.ts';
import type { Reactions } from '../../src/protocol/chat-events.ts';
import { MESSAGE_REACTIONS } from '../../src/protocol/limits.ts';
import type { Participant } from '../../src/signaling/hub.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { ROOM } from '../support/server/hub.ts';
import { PLAIN_ROOM } from '../support/server/rooms.ts';

const RECORD = { ...PLAIN_ROOM, id: ROOM, createdAt: '2026-01-01T00:00:00.000Z' };
const MEMBERS = 50;

/** As many reactions as a message can have. */
const FULL: Reactions = {
  '👍': Array.from({ length: MESSAGE_REACTIONS.all }, (_, n) => `${n}`.padStart(36, '0')),
};

function setUp(members = MEMBERS) {
  const clock = new FakeClock();
  const heard: { who: number; body: string; re?: number | undefined }[] = [];
  const recipients = Array.from({ length: members }, (_, who) => ({
    sendText(_event: string, body: string | undefined, re?: number) {
      heard.push({ who, body: body ?? '', re });
    },
  }));
  const inside = recipients.map(
    (recipient, who) =>
      ({
        recipient,
        host: who === 0,
        chatSince: 'm5',
        deliverText: (event: string, body: string | undefined) => recipient.sendText(event, body),
      }) as unknown as Participant,
  );
  const news = new ReactionNews({ clock, liveRooms: { membersOf: () => inside } });
  const message = (id: string, reactions: Reactions = FULL) => ({ id, rootId: null, reactions });
  const take = () => heard.splice(0);
  return { clock, news, recipients, message, take };
}

const size = (heard: readonly { body: string }[]) => heard.reduce((sum, { body }) => sum + body.length, 0);

describe('news of reactions', () => {
  it('[CH2] come at once while they are few, but not to whoever was answered', () => {
    const { news, message, recipients, take, clock } = setUp(3);
    const [first] = recipients;
    if (first === undefined) throw new Error('nobody is inside');
    const reacted = message('m1', { '👍': ['ann'] });
    news.answer(ROOM, reacted, { recipient: first, re: 7 });
    news.tell(RECORD, reacted, { recipient: first, re: 7 });
    expect(take().map(({ who, re }) => [who, re])).toEqual([
      [0, 7],
      [1, undefined],
      [2, undefined],
    ]);
    expect(clock.pending).toBe(0);
  });

  it('[CH2] of a message with 500 cost a budget, however often somebody reacts; the newest comes soon', () => {
    const { news, message, take, clock } = setUp();
    const one = MEMBERS * JSON.stringify({ id: 'm1', roomId: ROOM, reactions: FULL }).length;
    for (let n = 0; n < 400; n += 1) news.tell(RECORD, message('m1'), undefined);
    news.tell(RECORD, message('m1', { '👎': ['last'] }), undefined);
    expect(size(take())).toBeLessThanOrEqual(CHARACTERS_PER_SECOND + one);
    clock.advance(PACE_MS + 100);
    const later = take();
    expect(later).toHaveLength(MEMBERS);
    expect(JSON.parse(later[0]?.body ?? '')).toEqual({
      id: 'm1',
      roomId: ROOM,
      reactions: { '👎': ['last'] },
    });
    expect(clock.pending).toBe(0);
  });

  it('[CH2] wait for 64 messages of a room at most: who reacts to another is asked to wait', () => {
    const { news, message, take, clock } = setUp();
    for (let n = 0; n < 2; n += 1) news.tell(RECORD, message('spent'), undefined);
    for (let n = 1; n <= UNTOLD_MESSAGES; n += 1) news.tell(RECORD, message(`m${n}`), undefined);
    news.checkCount(ROOM, 'm1');
    expect(() => news.checkCount(ROOM, 'another')).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    clock.advance(UNTOLD_MESSAGES * PACE_MS * 1.1);
    news.checkCount(ROOM, 'another');
    expect(take()).toHaveLength((UNTOLD_MESSAGES + 2) * MEMBERS);
  });

  it('[CH2] never come after the message was deleted', () => {
    const { news, message, take, clock } = setUp();
    for (let n = 0; n < 3; n += 1) for (const id of ['m1', 'm2']) news.tell(RECORD, message(id), undefined);
    take();
    news.forget(ROOM, 'm1');
    clock.advance(3 * PACE_MS);
    expect(new Set(take().map(({ body }) => JSON.parse(body).id))).toEqual(new Set(['m2']));
    for (let n = 0; n < 3; n += 1) news.tell(RECORD, message('m3'), undefined);
    take();
    news.forget(ROOM);
    clock.advance(3 * PACE_MS);
    expect(take()).toEqual([]);
  });

  it('[CH3] come to those alone who may read the message when they are told', () => {
    const { news, message, take, clock } = setUp();
    for (let n = 0; n < 3; n += 1) news.tell(RECORD, message('m1'), undefined);
    take();
    news.changePolicy({ ...RECORD, chat: 'since_join' });
    clock.advance(3 * PACE_MS);
    expect(take().map(({ who }) => who)).toEqual([0]);
  });

  it('[SE8] are all told before a restart', () => {
    const { news, message, take, clock } = setUp();
    for (let n = 0; n < 9; n += 1) news.tell(RECORD, message(`m${n}`), undefined);
    take();
    news.flush();
    expect(take()).toHaveLength(7 * MEMBERS);
    expect(clock.pending).toBe(0);
    news.close();
  });
});
