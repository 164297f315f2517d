import { describe, expect, it } from 'vitest';
import { FakeClock } from '../support/fakes/clock.ts';
import { createRoom } from '../support/server/api.ts';
import { ask, chatFrames, chatting, read, say } from './chatting.ts';
import { codeOf, startStage } from './stage.ts';

describe('a message', () => {
  it('[CH1] reaches all inside, answers its author, and is in the history', async () => {
    const { on, roomId, ann, ben } = await chatting();
    const answer = await ann.request('chat', { message: 'Hello' });
    const heard = await ben.next('chat');
    expect(answer).toMatchObject({ event: 'chat', re: 2 });
    expect(heard.re).toBeUndefined();
    expect(heard.payload).toEqual({
      id: expect.any(String),
      roomId,
      userId: ann.guest.userId,
      peerId: ann.peerId,
      displayName: 'Ann',
      message: 'Hello',
      createdAt: expect.any(String),
      version: 1,
    });
    expect(answer.payload).toEqual(heard.payload);
    const history = await ask(on, ben.guest, 'GET', `/rooms/${roomId}/chat`);
    expect(history).toEqual({ status: 200, body: { items: [heard.payload], nextCursor: null } });
  });

  it('[CH1] has 1 to 2,000 characters, one of them visible', async () => {
    const { ann } = await chatting();
    for (const message of ['', ' \n ', '\u200d']) {
      expect(codeOf(await ann.request('chat', { message }))).toBe('invalid_message');
    }
    expect(codeOf(await ann.request('chat', { message: '😀'.repeat(2_000) }))).toBe('chat');
    expect(codeOf(await ann.request('chat', { message: `${'a'.repeat(2_000)}b` }))).toBe('too_large');
  });

  it('[CH1] replies to nothing if `replyTo` is null, over WebSocket and HTTP', async () => {
    const { on, roomId, ann, ben } = await chatting();
    const answer = await ann.request('chat', { message: 'Hello', replyTo: null });
    expect(codeOf(answer)).toBe('chat');
    expect(answer.payload).not.toHaveProperty('replyTo');
    const posted = await ask(on, ben.guest, 'POST', `/rooms/${roomId}/chat`, {
      message: 'Hi',
      replyTo: null,
    });
    expect(posted.status).toBe(201);
    const { body } = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat`);
    expect(body.items).toEqual([answer.payload, posted.body.message]);
    await ask(on, ann.guest, 'PATCH', `/rooms/${roomId}`, { chat: 'none' });
    expect(codeOf(await ann.request('chat', { message: 'Not stored', replyTo: null }))).toBe('chat');
  });

  it('[CH1] takes a burst that the limits allow, whole and in order, although each message waits to be stored', async () => {
    const { ann, ben } = await chatting();
    const said = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    const answers = await Promise.all(said.map((message) => ann.request('chat', { message })));
    expect(answers.map(codeOf).filter((code) => code !== 'chat')).toEqual([]);
    await ben.next('chat', ({ payload }) => JSON.stringify(payload).includes(`"${said.at(-1)}"`));
    const heard = ben.frames.filter(({ event }) => event === 'chat').map(({ payload }) => payload);
    expect(heard).toMatchObject(said.map((message) => ({ message })));
  });

  it('[CH2] is edited, deleted and reacted to before all', async () => {
    const { on, roomId, ann, ben } = await chatting();
    const { id } = await say(ben, 'Helo');
    expect(codeOf(await ann.request('chat:edit', { id, message: 'Hello' }))).toBe('forbidden');
    const edited = await ben.request('chat:edit', { id, message: 'Hello' });
    expect(edited.payload).toEqual({
      id,
      roomId,
      message: 'Hello',
      editedAt: expect.any(String),
      version: 2,
    });
    expect((await ann.next('chat:edited')).payload).toEqual(edited.payload);
    const reacted = await ann.request('chat:react', { id, emoji: '👍', on: true });
    expect(reacted.payload).toEqual({ id, roomId, reactions: { '👍': [ann.guest.userId] } });
    expect((await ben.next('chat:reactions')).payload).toEqual(reacted.payload);
    expect((await ann.request('chat:delete', { id })).payload).toEqual({ id, roomId });
    expect((await ben.next('chat:deleted')).payload).toEqual({ id, roomId });
    const { body } = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat`);
    expect(body.items).toEqual([
      {
        id,
        roomId,
        userId: ben.guest.userId,
        createdAt: expect.any(String),
        deletedAt: expect.any(String),
      },
    ]);
    for (const [event, payload] of [
      ['chat:edit', { id, message: 'again' }],
      ['chat:react', { id, emoji: '👍', on: true }],
      ['chat:delete', { id }],
      ['chat', { message: 'a reply', replyTo: id }],
    ] as const) {
      expect(codeOf(await ben.request(event, payload))).toBe('not_found');
    }
    expect(chatFrames(ben)).toHaveLength(4);
  });
});

describe('what one may read', () => {
  it('[CH3] is everything under `all`, for those inside and for hosts', async () => {
    const { on, roomId, ann, ben } = await chatting();
    await say(ann, 'one');
    const cleo = await (await on.guest()).inside(roomId);
    expect(await read(on, cleo.guest, roomId)).toEqual(['one']);
    await ann.request('room:leave');
    expect(await read(on, ann.guest, roomId)).toEqual(['one']);
    await ben.request('room:leave');
    expect((await ask(on, ben.guest, 'GET', `/rooms/${roomId}/chat`)).status).toBe(403);
    expect((await ask(on, ann.guest, 'POST', `/rooms/${roomId}/chat`, { message: 'x' })).status).toBe(403);
  });

  it('[CH3] begins under `since_join` with the moment of being let in, and lasts while the user stays', async () => {
    const { on, roomId, ann, ben } = await chatting({ chat: 'since_join' });
    const first = await say(ann, 'one');
    const cleo = await (await on.guest()).inside(roomId);
    const second = await say(ann, 'two');
    expect(await read(on, cleo.guest, roomId)).toEqual(['two']);
    expect(await read(on, ben.guest, roomId)).toEqual(['one', 'two']);
    expect(await read(on, ann.guest, roomId)).toEqual(['one', 'two']);
    // Another session of the same user was let in with the first.
    const again = await cleo.guest.inside(roomId);
    await cleo.request('room:leave');
    await say(ann, 'three');
    expect(await read(on, cleo.guest, roomId)).toEqual(['two', 'three']);
    await again.request('room:leave');
    const back = await cleo.guest.inside(roomId);
    expect(await read(on, back.guest, roomId)).toEqual([]);
    for (const id of [first.id, second.id]) {
      expect(codeOf(await back.request('chat:react', { id, emoji: '👍', on: true }))).toBe('not_found');
      expect(codeOf(await back.request('chat', { message: 'a reply', replyTo: id }))).toBe('not_found');
    }
  });

  it('[CH2] lets nobody hear of an edit, a reaction or a reply whose message they may not read', async () => {
    const { on, roomId, ann, ben } = await chatting({ chat: 'since_join' });
    const { id } = await say(ann, 'one');
    const cleo = await (await on.guest()).inside(roomId);
    await ann.request('chat:edit', { id, message: 'uno' });
    await ben.request('chat:react', { id, emoji: '👍', on: true });
    const reply = await say(ben, 'a reply', id);
    await say(ann, 'a reply to the reply', reply.id);
    await say(ann, 'for all');
    await cleo.next('chat');
    expect(chatFrames(cleo)).toMatchObject([{ event: 'chat', payload: { message: 'for all' } }]);
    expect(await read(on, cleo.guest, roomId)).toEqual(['for all']);
  });

  it('[CH3] is nothing under `none`, and what was said then never appears', async () => {
    const { on, roomId, ann, ben } = await chatting({ chat: 'all' });
    await say(ann, 'stored');
    const change = (chat: string) => ask(on, ann.guest, 'PATCH', `/rooms/${roomId}`, { chat });
    await change('none');
    const { id } = await say(ann, 'said');
    expect(
      (await ben.next('chat', ({ payload }) => JSON.stringify(payload).includes('said'))).payload.id,
    ).toBe(id);
    expect(await read(on, ben.guest, roomId)).toEqual([]);
    expect(codeOf(await ann.request('chat:edit', { id, message: 'x' }))).toBe('not_found');
    await change('all');
    expect(await read(on, ben.guest, roomId)).toEqual(['stored']);
    expect(codeOf(await ann.request('chat:edit', { id, message: 'x' }))).toBe('not_found');
    await change('off');
    expect(codeOf(await ann.request('chat', { message: 'x' }))).toBe('forbidden');
    expect((await ask(on, ben.guest, 'GET', `/rooms/${roomId}/chat`)).status).toBe(403);
  });

  it('[CH3] is known before live messages come: `lastId` is the last one stored', async () => {
    const { on, roomId, ann } = await chatting();
    const { id } = await say(ann, 'one');
    const cleo = await (await on.guest()).connect();
    const joined = await cleo.request('room:join', { roomId });
    expect(joined.payload).toMatchObject({ chat: { lastId: id } });
    await ann.request('chat:clear');
    expect((await cleo.next('chat:cleared')).payload).toEqual({ roomId, upTo: id });
    const dan = await (await on.guest()).connect();
    expect((await dan.request('room:join', { roomId })).payload).toMatchObject({ chat: { lastId: null } });
  });

  it('[CH2] is cleared by hosts only', async () => {
    const { ben } = await chatting();
    expect(codeOf(await ben.request('chat:clear'))).toBe('forbidden');
  });

  it('[CH3] comes in pages, both ways, while people write', async () => {
    const { on, roomId, ann } = await chatting();
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1) ids.push((await say(ann, `${n}`)).id);
    const page = async (query: string) => {
      const { body } = await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat?${query}`);
      return [body.items.map(({ message }: { message: string }) => message).join(''), body.nextCursor];
    };
    expect(await page('limit=3')).toEqual(['456', ids[4]]);
    expect(await page(`limit=3&before=${ids[4]}`)).toEqual(['123', ids[1]]);
    await say(ann, '7');
    expect(await page(`limit=3&before=${ids[1]}`)).toEqual(['0', null]);
    expect(await page(`limit=3&after=${ids[1]}`)).toEqual(['234', ids[4]]);
    expect(await page(`limit=3&after=${ids[4]}`)).toEqual(['567', null]);
    expect(await page(`limit=4&around=${ids[3]}`)).toEqual(['1234', ids[4]]);
    for (const query of ['after=nonsense', 'limit=0', 'limit=101', `after=${ids[0]}&before=${ids[1]}`]) {
      expect((await ask(on, ann.guest, 'GET', `/rooms/${roomId}/chat?${query}`)).status).toBe(400);
    }
  });
});

describe('over HTTP', () => {
  it('[CH1] a message is said, edited, reacted to and deleted, and those inside hear of it', async () => {
    const { on, roomId, ann, ben } = await chatting();
    const chat = `/rooms/${roomId}/chat`;
    const said = await ask(on, ben.guest, 'POST', chat, { message: 'Hello' });
    expect(said).toMatchObject({ status: 201, body: { message: { peerId: null, displayName: 'Ben' } } });
    expect((await ann.next('chat')).payload).toEqual(said.body.message);
    const { id } = said.body.message;
    const edited = await ask(on, ben.guest, 'PATCH', `${chat}/${id}`, { message: 'Hi' });
    expect(edited).toMatchObject({ status: 200, body: { message: { message: 'Hi', version: 2 } } });
    const thumb = `${chat}/${id}/reactions/${encodeURIComponent('👍')}`;
    expect((await ask(on, ann.guest, 'PUT', thumb)).body).toEqual({
      id,
      reactions: { '👍': [ann.guest.userId] },
    });
    expect((await ask(on, ann.guest, 'DELETE', thumb)).body).toEqual({ id, reactions: {} });
    expect((await ask(on, ann.guest, 'PUT', `${chat}/${id}/reactions/no`)).status).toBe(400);
    expect((await ask(on, ann.guest, 'PATCH', `${chat}/${id}`, { message: 'x' })).status).toBe(403);
    expect((await ask(on, ann.guest, 'DELETE', `${chat}/${id}`)).status).toBe(204);
    expect((await ask(on, ann.guest, 'DELETE', `${chat}/${id}`)).status).toBe(404);
    expect((await ask(on, ben.guest, 'POST', chat, { message: 'a'.repeat(2_001) })).status).toBe(413);
    const stranger = await on.guest();
    expect((await ask(on, stranger, 'POST', chat, { message: 'x' })).status).toBe(403);
  });

  it('[RM6] is refused to a limited user who is merely expected', async () => {
    const { on, roomId, ann, ben } = await chatting();
    await ann.request('room:send', { peerId: ben.peerId, send: ['audio', 'video'] });
    await ben.request('room:leave');
    expect(await ask(on, ben.guest, 'POST', `/rooms/${roomId}/join`, {})).toMatchObject({ status: 200 });
    const path = `/rooms/${roomId}/chat`;
    expect(await ask(on, ben.guest, 'POST', path, { message: 'Hello' })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await ask(on, ben.guest, 'GET', path)).toMatchObject({ status: 200, body: { items: [] } });
  });
});

describe('changes over HTTP', () => {
  it('are limited per user as messages of a session are; reading is not', async () => {
    const on = await startStage(
      { MESSAGES_PER_SECOND: '2', MESSAGE_BURST: '5' },
      { clock: new FakeClock(Date.now()) },
    );
    const host = await on.guest('Ann');
    const path = `/rooms/${(await createRoom(on.server.url, host.token)).id}`;
    await ask(on, host, 'POST', `${path}/join`, {});
    const { body } = await ask(on, host, 'POST', `${path}/chat`, { message: 'Hello' });
    const message = `${path}/chat/${body.message.id}`;
    for (const text of ['Hi', 'Hey']) {
      expect(await ask(on, host, 'PATCH', message, { message: text })).toMatchObject({ status: 200 });
    }
    expect(await ask(on, host, 'PUT', `${message}/reactions/👍`)).toMatchObject({ status: 200 });
    expect(await ask(on, host, 'DELETE', message)).toMatchObject({ status: 204 });
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
      const where = { POST: `${path}/chat`, PUT: `${message}/reactions/👍` }[method] ?? message;
      const text = method === 'POST' || method === 'PATCH' ? { message: 'More' } : undefined;
      expect(await ask(on, host, method, where, text)).toMatchObject({
        status: 429,
        body: { code: 'rate_limited', retryAfterMs: 500 },
      });
    }
    expect(await ask(on, host, 'GET', `${path}/chat`)).toMatchObject({ status: 200 });
  });
});

describe('a kind of reaction', () => {
  it('[CH2] is one of 20 at most, and one emoji', async () => {
    const { ann } = await chatting();
    const { id } = await say(ann, 'Hello');
    const emojis = [...'😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰😗😙😚🙂🤗🤩'];
    for (const emoji of emojis.slice(0, 20)) {
      expect(codeOf(await ann.request('chat:react', { id, emoji, on: true }))).toBe('chat:reactions');
    }
    const more = { id, emoji: emojis[20], on: true };
    expect(codeOf(await ann.request('chat:react', more))).toBe('too_large');
    await ann.request('chat:react', { id, emoji: emojis[0], on: false });
    expect(codeOf(await ann.request('chat:react', more))).toBe('chat:reactions');
    expect(codeOf(await ann.request('chat:react', { id, emoji: '👍👍', on: true }))).toBe('invalid_message');
  });
});
