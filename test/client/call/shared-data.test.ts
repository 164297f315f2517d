import { describe, expect, it } from 'vitest';
import { type FakeCall, insideCall } from '../support/fake-call.ts';

function hear({ call }: FakeCall): unknown[][] {
  const heard: unknown[][] = [];
  call.data.on('change', (...change) => heard.push(change));
  return heard;
}

describe('shared data', () => {
  it('[RM9] is there from the start, and follows what anybody sets', async () => {
    const fake = await insideCall({ data: { page: 3, pin: 'bob' } });
    const heard = hear(fake);
    await fake.say('room:data', { key: 'page', value: 4, by: 'bob' });
    await fake.say('room:data', { key: 'pin', value: null, by: 'me' });
    expect(heard).toEqual([
      ['page', 4, 'bob'],
      ['pin', undefined, 'me'],
    ]);
    expect([...fake.call.data.entries()]).toEqual([['page', 4]]);
    expect(fake.call.data.get('pin')).toBeUndefined();
  });

  it('[RM9] takes keys that every object has', async () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
    const data = JSON.parse('{"__proto__": 1, "constructor": 2}');
    const fake = await insideCall({ data });
    expect(names.map((name) => fake.call.data.get(name))).toEqual([2, 1, undefined, undefined]);
    for (const key of names) await fake.say('room:data', { key, value: key, by: 'bob' });
    expect(names.map((name) => fake.call.data.get(name))).toEqual(names);
  });

  it('[RM9] is set when the server says so: its order counts', async () => {
    const fake = await insideCall();
    const heard = hear(fake);
    const setting = fake.call.data.set('page', 1);
    const deleting = fake.call.data.delete('pin');
    expect(fake.sent('room:data')).toEqual([
      { key: 'page', value: 1 },
      { key: 'pin', value: null },
    ]);
    expect(fake.call.data.get('page')).toBeUndefined();
    const [set, deleted] = fake.wire.socket.sent.slice(-2);
    fake.wire.socket.say('room:data', 3, { key: 'page', value: 1, by: 'me' }, set?.id);
    fake.wire.socket.say('error', 4, { code: 'too_large', message: 'Too large.' }, deleted?.id);
    await expect(setting).resolves.toBeUndefined();
    await expect(deleting).rejects.toMatchObject({ code: 'too_large' });
    expect(heard).toEqual([['page', 1, 'me']]);
  });

  it('[SE4] reports after a lost session what is different, and nothing else', async () => {
    const fake = await insideCall({ data: { page: 3, pin: { peer: 'bob' }, timer: 1 } });
    const heard = hear(fake);
    await fake.renew();
    await fake.letIn({ data: { pin: { peer: 'bob' }, timer: 2, constructor: 'x' } });
    expect(heard).toEqual([
      ['page', undefined, undefined],
      ['timer', 2, undefined],
      ['constructor', 'x', undefined],
    ]);
  });
});
