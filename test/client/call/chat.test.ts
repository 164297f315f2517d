import { afterEach, describe, expect, it, vi } from 'vitest';
import { outcomeOf, settled } from '../signaling/wire.ts';
import { message, tombstone } from '../support/chat-messages.ts';
import { type FakeCall, insideCall, peer, ROOM, ROOM_ID } from '../support/fake-call.ts';
import { fakeHistory } from '../support/fake-history.ts';

const AT = '2026-01-01T00:02:00.000Z';

afterEach(() => vi.unstubAllGlobals());

/** Everything that the chat reports, one word each. */
function hear({ call }: FakeCall): string[] {
  const heard: string[] = [];
  call.chat.on('message', ({ id }) => heard.push(id));
  call.chat.on('edited', ({ id, version }) => heard.push(`${id} v${version}`));
  call.chat.on('deleted', (id) => heard.push(`-${id}`));
  call.chat.on('reactions', (id, reactions) => heard.push(`${id} ${Object.keys(reactions).join('')}`));
  call.chat.on('cleared', (upTo) => heard.push(`<=${upTo}`));
  return heard;
}

const edited = (id: string, version: number) => ({
  id,
  roomId: ROOM_ID,
  message: `v${version}`,
  editedAt: AT,
  version,
});

describe('chat', () => {
  it('[CH1] resolves with the message as it was stored, which is reported too', async () => {
    const fake = await insideCall();
    const heard = hear(fake);
    const sending = fake.call.chat.send('hello', { replyTo: 'm0' });
    expect(fake.sent('chat')).toEqual([{ message: 'hello', replyTo: 'm0' }]);
    await fake.say('chat', message('m1', { userId: 'ann' }), 'chat');
    await expect(sending).resolves.toEqual(message('m1', { userId: 'ann' }));
    await fake.say('chat', message('m2'));
    expect(heard).toEqual(['m1', 'm2']);
    expect(fake.call.chat.lastId).toBe('m2');
  });

  it('[CH1] sends one after the other, and a refused one holds nobody up', async () => {
    const fake = await insideCall();
    const outcomes = ['a', 'b', 'c'].map((text) => outcomeOf(fake.call.chat.send(text)));
    expect(fake.sent('chat')).toEqual([{ message: 'a' }]);
    await fake.say('error', { code: 'too_large', message: 'Too large.' }, 'chat');
    await fake.say('error', { code: 'rate_limited', message: 'Slower.', retryAfterMs: 500 }, 'chat');
    expect(fake.sent('chat')).toEqual([{ message: 'a' }, { message: 'b' }]);
    await fake.wire.pass(500);
    await fake.say('chat', message('m1'), 'chat');
    await fake.say('chat', message('m2'), 'chat');
    expect(fake.sent('chat').slice(2)).toEqual([{ message: 'b' }, { message: 'c' }]);
    expect(await Promise.all(outcomes)).toEqual(['too_large', 'answered', 'answered']);
  });

  it('[CH1] does not send a message that was given up while it waited', async () => {
    const fake = await insideCall();
    const { chat } = fake.call;
    const abort = new AbortController();
    const first = outcomeOf(chat.send('a'));
    const givenUp = expect(chat.send('b', { signal: abort.signal })).rejects.toBe('enough');
    const last = outcomeOf(chat.send('c'));
    abort.abort('enough');
    await givenUp;
    await fake.say('chat', message('m1'), 'chat');
    await fake.say('chat', message('m2'), 'chat');
    expect(fake.sent('chat')).toEqual([{ message: 'a' }, { message: 'c' }]);
    expect(await Promise.all([first, last])).toEqual(['answered', 'answered']);
  });

  it('[CH1] does not try again what was given up while the server refused it', async () => {
    const fake = await insideCall();
    const abort = new AbortController();
    const givenUp = expect(fake.call.chat.send('a', { signal: abort.signal })).rejects.toBe('enough');
    void fake.call.chat.send('b').catch(() => {});
    abort.abort('enough');
    await givenUp;
    await fake.say('error', { code: 'rate_limited', message: 'Slower.', retryAfterMs: 500 }, 'chat');
    await fake.wire.pass(500);
    expect(fake.sent('chat')).toEqual([{ message: 'a' }, { message: 'b' }]);
  });

  it('[CH2] follows edits, deletions and reactions, and drops an edit older than the one that it showed', async () => {
    const fake = await insideCall();
    const heard = hear(fake);
    await fake.say('chat', message('m1'));
    await fake.say('chat:edited', edited('m1', 3));
    await fake.say('chat:edited', edited('m1', 2));
    await fake.say('chat:reactions', { id: 'm1', roomId: ROOM_ID, reactions: { '👍': ['bob'] } });
    await fake.say('chat:deleted', { id: 'm1', roomId: ROOM_ID });
    await fake.say('chat:edited', edited('m1', 4));
    await fake.say('chat:cleared', { roomId: ROOM_ID, upTo: 'm1' });
    expect(heard).toEqual(['m1', 'm1 v3', 'm1 👍', '-m1', '<=m1']);
  });

  it('[CH2] asks for each of them, and rejects with the refusal', async () => {
    const fake = await insideCall();
    const { chat } = fake.call;
    const editing = chat.edit('m1', 'v2');
    await fake.say('chat:edited', edited('m1', 2), 'chat:edit');
    await expect(editing).resolves.toEqual({ id: 'm1', message: 'v2', editedAt: AT, version: 2 });
    const outcomes = [
      chat.remove('m1'),
      chat.react('m1', '👍'),
      chat.react('m1', '👍', false),
      chat.clear(),
    ].map(outcomeOf);
    expect(fake.sent('chat:delete')).toEqual([{ id: 'm1' }]);
    expect(fake.sent('chat:react')).toEqual([
      { id: 'm1', emoji: '👍', on: true },
      { id: 'm1', emoji: '👍', on: false },
    ]);
    expect(fake.sent('chat:clear')).toEqual([{}]);
    await fake.say('error', { code: 'forbidden', message: 'No.' }, 'chat:clear');
    await fake.say('ack', undefined, 'chat:delete');
    expect(await outcomes[3]).toBe('forbidden');
    expect(await outcomes[0]).toBe('answered');
  });

  it('[CH1] ignores what is said in other rooms', async () => {
    const fake = await insideCall();
    const heard = hear(fake);
    await fake.say('chat', message('m1', { roomId: '00000000-0000-4000-8000-000000000002' }));
    expect(heard).toEqual([]);
  });

  it('says who is typing', async () => {
    const fake = await insideCall({ peers: [peer('bob')] });
    const heard: unknown[] = [];
    fake.call.chat.on('typing', (who, typing) => heard.push([who.peerId, typing]));
    await fake.say('peer:typing', { peerId: 'bob', typing: true });
    await fake.say('peer:typing', { peerId: 'gone', typing: true });
    fake.call.chat.setTyping(true);
    expect(heard).toEqual([['bob', true]]);
    expect(fake.sent('typing')).toEqual([{ typing: true }]);
  });
});

describe('the history', () => {
  it('[CH3] comes in pages, and takes nothing back that came meanwhile', async () => {
    const history = fakeHistory([message('m1'), message('m2'), message('m3'), message('m4')]);
    const fake = await insideCall();
    const release = history.hold();
    const reading = fake.call.chat.history({ before: 'm5', limit: 4 });
    await settled();
    await fake.say('chat:edited', edited('m2', 2));
    await fake.say('chat:reactions', { id: 'm3', roomId: ROOM_ID, reactions: { '🎉': ['ann'] } });
    await fake.say('chat:deleted', { id: 'm4', roomId: ROOM_ID });
    await fake.say('chat:cleared', { roomId: ROOM_ID, upTo: 'm1' });
    release();
    const { items, nextCursor } = await reading;
    expect(items).toMatchObject([
      { id: 'm2', version: 2, message: 'v2' },
      { id: 'm3', reactions: { '🎉': ['ann'] } },
      { id: 'm4', deletedAt: expect.any(String) },
    ]);
    expect(items[2]).not.toHaveProperty('message');
    expect(nextCursor).toBeNull();
    expect(history.asked).toEqual(['?before=m5&limit=4']);
  });

  it('[CH2] tells how old an edit is', async () => {
    fakeHistory([message('m1', { version: 5, editedAt: AT })]);
    const fake = await insideCall();
    await fake.call.chat.history();
    const heard = hear(fake);
    await fake.say('chat:edited', edited('m1', 4));
    await fake.say('chat:edited', edited('m1', 6));
    expect(heard).toEqual(['m1 v6']);
  });

  it('rejects with the server’s refusal', async () => {
    const history = fakeHistory();
    history.refusals.push(403);
    const fake = await insideCall();
    await expect(fake.call.chat.history()).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a lost connection', () => {
  it('[SE3] brings what was missed once, and sends what was written meanwhile, in order and once', async () => {
    const fake = await insideCall();
    const heard = hear(fake);
    await fake.wire.pass(5_000);
    fake.wire.socket.end();
    const sending = ['a', 'b'].map((text) => fake.call.chat.send(text));
    await fake.wire.pass(0);
    fake.wire.socket.welcome({ resumed: true, lastId: 1 });
    await fake.say('chat', message('m1'));
    expect(fake.sent('chat')).toEqual([{ message: 'a' }]);
    await fake.say('chat', message('m2', { userId: 'ann' }), 'chat');
    await fake.say('chat', message('m3', { userId: 'ann' }), 'chat');
    expect(fake.sent('chat')).toEqual([{ message: 'a' }, { message: 'b' }]);
    expect((await Promise.all(sending)).map(({ id }) => id)).toEqual(['m2', 'm3']);
    expect(heard).toEqual(['m1', 'm2', 'm3']);
  });
});

describe('a lost session', () => {
  it('[SE4] is made up for from the history: what was missed comes once, before what is said now', async () => {
    const history = fakeHistory([message('m1'), message('m2'), message('m3')]);
    const fake = await insideCall({ chat: { lastId: 'm1' } });
    const heard = hear(fake);
    await fake.say('chat', message('m2'));
    await fake.renew();
    const release = history.hold();
    history.items.push(message('m4'));
    await fake.letIn({ chat: { lastId: 'm3' } });
    await fake.say('chat', message('m4'));
    await fake.say('chat', message('m5'));
    expect(heard).toEqual(['m2']);
    release();
    await settled();
    await settled();
    expect(heard).toEqual(['m2', 'm3', 'm4', 'm5']);
    expect(fake.call.chat.lastId).toBe('m5');
  });

  it('[SE4] brings edits, deletions, reactions and a clearing of messages that were known', async () => {
    const known = ['m1', 'm2', 'm3', 'm4', 'm5'].map((id) => message(id));
    const history = fakeHistory(known);
    const fake = await insideCall({ chat: { lastId: 'm5' } });
    await fake.call.chat.history();
    const heard = hear(fake);
    await fake.renew();
    history.items = [
      message('m2', { version: 2, editedAt: AT }),
      tombstone('m3'),
      message('m4', { reactions: { '👍': ['bob'] } }),
      message('m5'),
      message('m6'),
    ];
    await fake.letIn({ chat: { lastId: 'm6' } });
    await settled();
    await settled();
    expect(heard).toEqual(['<=m1', 'm2 v2', '-m3', 'm4 👍', 'm6']);
  });

  it('[CH4] reads all that was said, however many pages it takes', async () => {
    const ids = Array.from({ length: 350 }, (_, index) => `m${1000 + index}`);
    fakeHistory(ids.map((id) => message(id)));
    const fake = await insideCall();
    const heard = hear(fake);
    await fake.renew();
    await fake.letIn({ chat: { lastId: ids.at(-1) ?? null } });
    await vi.waitFor(() => expect(heard).toHaveLength(350));
    expect(heard).toEqual(ids);
  });

  it('[CH1] sends what was written meanwhile after what was missed', async () => {
    fakeHistory([message('m1'), message('m2')]);
    const fake = await insideCall({ chat: { lastId: 'm1' } });
    const heard = hear(fake);
    fake.wire.socket.end();
    const sending = fake.call.chat.send('later');
    await fake.wire.pass(0);
    fake.wire.socket.welcome();
    await settled();
    expect(fake.sent('chat')).toEqual([]);
    await fake.renew();
    await fake.letIn({ chat: { lastId: 'm2' } });
    await settled();
    await settled();
    expect(fake.sent('chat')).toEqual([{ message: 'later' }]);
    await fake.say('chat', message('m3', { userId: 'ann', message: 'later' }), 'chat');
    await expect(sending).resolves.toMatchObject({ id: 'm3' });
    expect(heard).toEqual(['m2', 'm3']);
  });

  it('[CH1] never sends a message twice: one that was stored is found in the history', async () => {
    const history = fakeHistory([message('m1')]);
    const fake = await insideCall({ chat: { lastId: 'm1' } });
    const heard = hear(fake);
    const outcomes = ['stored', 'waits'].map((text) => fake.call.chat.send(text));
    history.items.push(message('m2', { userId: 'ann', message: 'stored' }));
    await fake.renew();
    await fake.letIn({ chat: { lastId: 'm2' } });
    await settled();
    await settled();
    expect(fake.sent('chat')).toEqual([{ message: 'waits' }]);
    await fake.say('chat', message('m3', { userId: 'ann', message: 'waits' }), 'chat');
    expect((await Promise.all(outcomes)).map(({ id }) => id)).toEqual(['m2', 'm3']);
    expect(heard).toEqual(['m2', 'm3']);
  });

  it('[CH3] says so if it cannot know whether a message was stored', async () => {
    const room = { ...ROOM, chat: 'since_join' as const };
    fakeHistory([]);
    const fake = await insideCall({ room, chat: { lastId: 'm1' } });
    const outcomes = ['in doubt', 'waits'].map((text) => outcomeOf(fake.call.chat.send(text)));
    await fake.renew();
    await fake.letIn({ room, chat: { lastId: 'm1' } });
    await settled();
    await settled();
    expect(fake.sent('chat')).toEqual([{ message: 'waits' }]);
    await fake.say('chat', message('m3', { userId: 'ann' }), 'chat');
    expect(await Promise.all(outcomes)).toEqual(['session_lost', 'answered']);
  });

  it('[CH3] asks for no history where none is kept', async () => {
    const history = fakeHistory();
    const room = { ...ROOM, chat: 'none' as const };
    const fake = await insideCall({ room });
    const heard = hear(fake);
    await fake.say('chat', message('m1'));
    await fake.renew();
    await fake.letIn({ room });
    await fake.say('chat', message('m2'));
    expect(heard).toEqual(['m1', 'm2']);
    expect(history.asked).toEqual([]);
  });

  it('goes on without the history if it cannot be read, and reports that', async () => {
    const history = fakeHistory([message('m1')]);
    const fake = await insideCall({ chat: { lastId: 'm1' } });
    const heard = hear(fake);
    const errors: string[] = [];
    fake.call.on('error', ({ code }) => errors.push(code));
    await fake.renew();
    history.refusals.push(503, 503, 503);
    await fake.letIn({ chat: { lastId: 'm2' } });
    await fake.say('chat', message('m3'));
    for (let tries = 0; tries < 3; tries += 1) await fake.wire.pass(2_000);
    expect(heard).toEqual(['m3']);
    expect(errors).toEqual(['unavailable']);
    expect(history.asked).toHaveLength(3);
  });

  it('ends with the call: what waits is rejected, and nothing is reported any more', async () => {
    const history = fakeHistory([message('m1')]);
    const fake = await insideCall({ chat: { lastId: 'm1' } });
    await fake.renew();
    const release = history.hold();
    const outcome = outcomeOf(fake.call.chat.send('late'));
    await fake.letIn({ chat: { lastId: 'm2' } });
    const heard = hear(fake);
    void fake.call.leave();
    history.items.push(message('m2'));
    release();
    await settled();
    expect(await outcome).toBe('closed');
    expect(await outcomeOf(fake.call.chat.send('later still'))).toBe('closed');
    expect(heard).toEqual([]);
  });
});

describe('a call that is left', () => {
  it('[CH1] still says what has become of the message under way', async () => {
    const fake = await insideCall();
    const outcomes = ['bye', 'unsent'].map((text) => outcomeOf(fake.call.chat.send(text)));
    void fake.call.leave();
    expect(await outcomes[1]).toBe('closed');
    await fake.say('chat', message('m1', { userId: 'ann', message: 'bye' }), 'chat');
    expect(await outcomes[0]).toBe('answered');
    expect(fake.sent('chat')).toEqual([{ message: 'bye' }]);
  });

  it.each([
    ['refused', 'forbidden'],
    ['to be sent again', 'rate_limited'],
  ])('[CH1] rejects the message under way if it is %s', async (_, code) => {
    const fake = await insideCall();
    const outcome = outcomeOf(fake.call.chat.send('bye'));
    void fake.call.leave();
    await fake.say('error', { code, message: 'No.' }, 'chat');
    expect(await outcome).toBe(code);
  });

  it('[CH1] says that the message under way is in doubt if the session was lost with it', async () => {
    const before = await insideCall();
    const leftBefore = outcomeOf(before.call.chat.send('bye'));
    void before.call.leave();
    await before.renew();
    expect(await leftBefore).toBe('session_lost');

    const after = await insideCall();
    const leftAfter = outcomeOf(after.call.chat.send('bye'));
    await after.renew();
    void after.call.leave();
    expect(await leftAfter).toBe('session_lost');
  });
});

describe('bounds', () => {
  it('refuses more messages than may wait', async () => {
    const fake = await insideCall();
    const outcomes = Array.from({ length: 257 }, () => outcomeOf(fake.call.chat.send('x')));
    expect(await outcomes[256]).toBe('rate_limited');
    void fake.call.leave();
    expect(new Set(await Promise.all(outcomes.slice(1, 256)))).toEqual(new Set(['closed']));
  });

  it('counts no message that was given up among those that wait', async () => {
    const fake = await insideCall();
    void fake.call.chat.send('x').catch(() => {});
    const aborts = Array.from({ length: 255 }, () => new AbortController());
    const givenUp = aborts.map(({ signal }) => fake.call.chat.send('x', { signal }));
    for (const abort of aborts) abort.abort('enough');
    expect((await Promise.allSettled(givenUp)).every(({ status }) => status === 'rejected')).toBe(true);
    const outcome = outcomeOf(fake.call.chat.send('y'));
    await fake.say('chat', message('m1'), 'chat');
    await fake.say('chat', message('m2'), 'chat');
    expect(await outcome).toBe('answered');
  });

  it('holds back so many events while it reads the history, and no more', async () => {
    const history = fakeHistory([message('m0')]);
    const fake = await insideCall({ chat: { lastId: 'm0' } });
    const heard = hear(fake);
    await fake.renew();
    const release = history.hold();
    await fake.letIn({ chat: { lastId: 'm0' } });
    const ids = Array.from({ length: 1_001 }, (_, index) => `n${1000 + index}`);
    for (const id of ids) fake.wire.socket.say('chat', 3 + ids.indexOf(id), message(id));
    expect(heard).toEqual(ids);
    release();
    await settled();
    expect(heard).toEqual(ids);
  });
});
