import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHands, inOrder } from '../../../src/web/call/hands.ts';
import { personOf } from '../../../src/web/call/people.ts';
import { createReactions, MOST_REACTIONS } from '../../../src/web/call/reactions.ts';
import { fakeCall, fakePeer } from '../fakes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('reactions', () => {
  it('float over the tile of whoever reacted, for a moment', () => {
    const { peer } = fakePeer();
    const { call, emit } = fakeCall(peer);
    const reactions = createReactions(call, () => {});
    emit('reaction', '🎉', peer);
    emit('reaction', '👍', undefined);
    expect(reactions.shown.value.map(({ key, emoji }) => [key, emoji])).toEqual([
      ['k1', '🎉'],
      ['self', '👍'],
    ]);
    vi.advanceTimersByTime(3_500);
    expect(reactions.shown.value).toEqual([]);
  });

  it('are bounded, and the newest ones are shown', () => {
    const { call, emit } = fakeCall();
    const reactions = createReactions(call, () => {});
    for (let n = 0; n <= MOST_REACTIONS; n += 1) emit('reaction', n === 0 ? '😮' : '👍', undefined);
    expect(reactions.shown.value).toHaveLength(MOST_REACTIONS);
    expect(reactions.shown.value.some(({ emoji }) => emoji === '😮')).toBe(false);
  });

  it('that cannot be sent do not end the call', async () => {
    const { call } = fakeCall();
    const reactions = createReactions({ ...call, react: () => Promise.reject(new Error('no')) }, () => {});
    reactions.send('👍');
    await vi.advanceTimersByTimeAsync(0);
    expect(reactions.shown.value).toEqual([]);
  });

  it('are listened to no longer once closed', () => {
    const { call, emit, count } = fakeCall();
    createReactions(call, () => {}).close();
    emit('reaction', '👍', undefined);
    expect(count()).toBe(0);
  });
});

describe('raised hands', () => {
  it('are in the order in which they were raised', () => {
    const people = (['09', '07', null, '08'] as const).map((second, index) =>
      personOf(
        fakePeer({
          key: `k${index}`,
          hand: second === null ? null : `2026-01-01T00:00:${second}.000Z`,
        }).peer,
      ),
    );
    expect(inOrder(people).map(({ key }) => key)).toEqual(['k1', 'k3', 'k0']);
  });

  it("are toggled for oneself, and a host lowers others'", () => {
    const { peer } = fakePeer();
    const { call, emit, sent } = fakeCall(peer);
    const hands = createHands(call, () => {});
    hands.toggle();
    emit('hand', undefined, '2026-01-01T00:00:00.000Z');
    expect(hands.own.value).toBe('2026-01-01T00:00:00.000Z');
    hands.toggle();
    hands.lower(personOf(peer));
    expect(sent.map(([what, value]) => [what, what === 'lowerHand' ? 'p1' : value])).toEqual([
      ['raiseHand', true],
      ['raiseHand', false],
      ['lowerHand', 'p1'],
    ]);
  });

  it('of others are told, and lowered ones are not', () => {
    const { peer } = fakePeer();
    const { call, emit } = fakeCall(peer);
    const told: string[] = [];
    createHands(call, ({ peerId }) => told.push(peerId));
    emit('hand', peer, '2026-01-01T00:00:00.000Z');
    emit('hand', peer, null);
    emit('hand', undefined, '2026-01-01T00:00:00.000Z');
    expect(told).toEqual(['p1']);
  });
});
