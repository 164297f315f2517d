import { describe, expect, it } from 'vitest';
import type { Knock } from '../../../src/client/types.ts';
import { type FakeCall, insideCall, ROOM } from '../support/fake-call.ts';

const HOST = { you: { host: true, send: [] }, room: { ...ROOM, waitingRoom: true } };

function knock(name: string): Knock {
  return {
    knockId: `k-${name}`,
    userId: name,
    displayName: name,
    kind: 'guest',
    since: '2026-01-01T00:00:00.000Z',
  };
}

function hear({ call }: FakeCall): string[][] {
  const heard: string[][] = [];
  call.knocks.on('change', (items) => heard.push(items.map(({ userId }) => userId)));
  return heard;
}

describe('who waits', () => {
  it('[KN2] is what the server says, in its order, each change once', async () => {
    const fake = await insideCall(HOST);
    const heard = hear(fake);
    await fake.say('room:knocks', { items: [] });
    await fake.say('room:knocks', { items: [knock('bob'), knock('ann')] });
    await fake.say('room:knocks', { items: [knock('bob'), knock('ann')] });
    await fake.say('room:knocks', { items: [knock('ann')] });
    expect(heard).toEqual([['bob', 'ann'], ['ann']]);
    expect(fake.call.knocks.items).toEqual([knock('ann')]);
  });

  it('[KN2] is nobody once this side is no longer a host', async () => {
    const fake = await insideCall(HOST);
    await fake.say('room:knocks', { items: [knock('bob')] });
    const heard = hear(fake);
    await fake.say('peer:host', { peerId: 'me', host: false });
    expect(heard).toEqual([[]]);
    expect(fake.call.knocks.items).toEqual([]);
  });

  it('[SE4] is reported once after a lost session, and only if it has changed', async () => {
    const fake = await insideCall(HOST);
    await fake.say('room:knocks', { items: [knock('bob')] });
    const heard = hear(fake);
    await fake.renew();
    await fake.letIn(HOST);
    await fake.say('room:knocks', { items: [knock('bob')] });
    expect(heard).toEqual([]);
    await fake.renew();
    await fake.letIn({ room: HOST.room });
    expect(heard).toEqual([[]]);
  });

  it('[KN3] is answered by one message each, and the refusal comes through', async () => {
    const fake = await insideCall(HOST);
    const outcomes = [
      fake.call.knocks.admit(knock('bob')),
      fake.call.knocks.admitAll(),
      fake.call.knocks.refuse(knock('bob')),
    ];
    expect(fake.wire.socket.sent.slice(-3)).toMatchObject([
      { event: 'room:admit', payload: { knockId: 'k-bob' } },
      { event: 'room:admit', payload: { all: true } },
      { event: 'room:refuse', payload: { knockId: 'k-bob' } },
    ]);
    const [first, second, third] = fake.wire.socket.sent.slice(-3);
    fake.wire.socket.say('error', 3, { code: 'room_full', message: 'Full.' }, first?.id);
    fake.wire.socket.say('ack', 4, undefined, second?.id);
    fake.wire.socket.say('error', 5, { code: 'not_found', message: 'Gone.' }, third?.id);
    await expect(outcomes[0]).rejects.toMatchObject({ code: 'room_full' });
    await expect(outcomes[1]).resolves.toBeUndefined();
    await expect(outcomes[2]).rejects.toMatchObject({ code: 'not_found' });
  });
});
