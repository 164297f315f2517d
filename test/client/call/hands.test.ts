import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../signaling/wire.ts';
import { type FakeCall, insideCall, peer } from '../support/fake-call.ts';

const AT = '2026-01-01T00:00:10.000Z';

function hear({ call }: FakeCall): unknown[][] {
  const heard: unknown[][] = [];
  call.on('hand', (who, hand) => heard.push([who?.peerId, hand]));
  call.on('reaction', (emoji, who) => heard.push([who?.peerId, emoji]));
  return heard;
}

describe('hands', () => {
  it('[RM10] go up and down as the server says, one’s own too', async () => {
    const fake = await insideCall({ peers: [peer('bob', { hand: AT })] });
    const heard = hear(fake);
    const bob = fake.call.peers.get('bob');
    expect(bob?.hand).toBe(AT);
    const raising = fake.call.raiseHand();
    expect(fake.sent('hand')).toEqual([{ raised: true }]);
    await fake.say('peer:hand', { peerId: 'me', raised: true, at: AT });
    await fake.say('ack', undefined, 'hand');
    await raising;
    expect(fake.call.hand).toBe(AT);
    await fake.say('peer:hand', { peerId: 'bob', raised: false, at: null });
    await fake.say('peer:hand', { peerId: 'me', raised: false, at: null });
    expect([fake.call.hand, bob?.hand]).toEqual([null, null]);
    expect(heard).toEqual([
      [undefined, AT],
      ['bob', null],
      [undefined, null],
    ]);
  });

  it('[RM10] are lowered by hosts', async () => {
    const fake = await insideCall({ peers: [peer('bob', { hand: AT })] });
    const lowering = outcomeOf(fake.call.lowerHand({ peerId: 'bob' }));
    expect(fake.sent('hand')).toEqual([{ peerId: 'bob', raised: false }]);
    await fake.say('error', { code: 'forbidden', message: 'No.' }, 'hand');
    expect(await lowering).toBe('forbidden');
  });

  it('[SE4] go down with the session', async () => {
    const fake = await insideCall({ peers: [peer('bob', { hand: AT })] });
    await fake.say('peer:hand', { peerId: 'me', raised: true, at: AT });
    const heard = hear(fake);
    const ofBob: unknown[] = [];
    fake.call.peers.get('bob')?.on('hand', (hand) => ofBob.push(hand));
    await fake.renew();
    await fake.letIn({ peers: [peer('bob-2', { userId: 'user-bob' })] });
    expect(heard).toEqual([[undefined, null]]);
    expect(ofBob).toEqual([null]);
  });
});

describe('reactions', () => {
  it('[RM10] are shown even if this side waits for the server no longer', async () => {
    const fake = await insideCall();
    const heard = hear(fake);
    const abort = new AbortController();
    const reacting = expect(fake.call.react('🎉', { signal: abort.signal })).rejects.toBe('enough');
    abort.abort('enough');
    await reacting;
    await fake.say('ack', undefined, 'react');
    expect(heard).toEqual([[undefined, '🎉']]);
  });

  it('[RM10] are shown to this side too, once the server has taken them', async () => {
    const fake = await insideCall({ peers: [peer('bob')] });
    const heard = hear(fake);
    const reacting = fake.call.react('🎉');
    expect(heard).toEqual([]);
    await fake.say('ack', undefined, 'react');
    await reacting;
    await fake.say('peer:reaction', { peerId: 'bob', emoji: '👍' });
    await fake.say('peer:reaction', { peerId: 'gone', emoji: '👍' });
    expect(heard).toEqual([
      [undefined, '🎉'],
      ['bob', '👍'],
    ]);
  });
});

describe('profiles', () => {
  it('[RM11] follow what a peer tells of itself', async () => {
    const fake = await insideCall({ peers: [peer('bob')] });
    const bob = fake.call.peers.get('bob');
    const heard: unknown[] = [];
    bob?.on('profile', (profile) => heard.push(profile));
    const profile = { displayName: 'Bob the host', userInfo: { team: 2 } };
    await fake.say('peer:updated', { peerId: 'bob', ...profile });
    await fake.say('peer:updated', { peerId: 'bob', ...profile });
    expect(bob).toMatchObject(profile);
    expect(heard).toEqual([profile]);
  });
});

describe('hosts', () => {
  it('[RM6] make hosts, limit what others send, and ask all to mute', async () => {
    const fake = await insideCall({ peers: [peer('bob')] });
    void fake.call.hosts.set({ peerId: 'bob' }, true);
    void fake.call.hosts.limit({ peerId: 'bob' }, ['audio']);
    void fake.call.moderation.askAllToMute('audio');
    expect(fake.wire.socket.sent.slice(-3)).toMatchObject([
      { event: 'room:host', payload: { peerId: 'bob', host: true } },
      { event: 'room:send', payload: { peerId: 'bob', send: ['audio'] } },
      { event: 'room:mute', payload: { all: true, kind: 'audio' } },
    ]);
  });
});
