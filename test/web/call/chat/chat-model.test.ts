import { describe, expect, it, vi } from 'vitest';
import { type ChatMessage, ParleyClientError } from '../../../../src/client/index.ts';
import type { ChatLine } from '../../../../src/web/call/chat/chat-lines.ts';
import { createChatModel } from '../../../../src/web/call/chat/chat-model.ts';
import { fakeChat, fakeMessage } from '../../fake-call-parts.ts';
import { deferred, fakeCall, fakePeer, ROOM } from '../../fakes.ts';

function openChat(own: Partial<ReturnType<typeof fakeChat>['chat']> = {}) {
  const peer = fakePeer();
  const { call, emit } = fakeCall(peer.peer);
  const fake = fakeChat([]);
  const heard: [ChatLine, boolean][] = [];
  const model = createChatModel({
    call: { ...call, chat: { ...fake.chat, ...own } },
    self: () => 'u0',
    onMessage: (line, shown) => heard.push([line, shown]),
  });
  const say = (id: string, fields: Partial<ChatMessage> = {}) =>
    fake.emit('message', fakeMessage({ id, ...fields }));
  const ids = () => model.lines.value.map((line) => line.id);
  return { model, say, ids, heard, peer, emitCall: emit, ...fake };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the chat of a call', () => {
  it('shows each message once and in the order of the ids, whichever way it comes', async () => {
    const { model, say, ids, setPage } = openChat();
    say('m4');
    setPage({ items: [fakeMessage({ id: 'm2' }), fakeMessage({ id: 'm4' })], nextCursor: 'm2' });
    model.setShown(true);
    await settled();
    say('m3');
    say('m3');
    expect(ids()).toEqual(['m2', 'm3', 'm4']);
    expect(model.history.value).toBe('more');
  });

  it("counts others' messages as unread until they have been on the screen, and no others", async () => {
    const { model, say, setPage } = openChat();
    setPage({ items: [fakeMessage({ id: 'm1' })], nextCursor: null });
    for (const id of ['m2', 'm3', 'm4']) say(id);
    say('m5', { userId: 'u0' });
    model.setShown(true);
    await settled();
    expect([...model.unseen.value]).toEqual(['m2', 'm3', 'm4']);
    model.markSeen(['m4', 'm1']);
    expect([...model.unseen.value]).toEqual(['m2', 'm3']);
    expect(model.unread.value).toBe(2);
  });

  it('keeps at most 1,000 messages as unread, the newest', () => {
    const { model, say } = openChat();
    const id = (n: number) => `m${String(n).padStart(5, '0')}`;
    for (let n = 0; n <= 1_000; n += 1) say(id(n));
    expect(model.unread.value).toBe(1_000);
    expect([...model.unseen.value].at(0)).toBe(id(1));
  });

  it('forgets that deleted messages are unread', () => {
    const { model, say, emit } = openChat();
    for (const id of ['m1', 'm2', 'm3']) say(id);
    emit('deleted', 'm3');
    expect([...model.unseen.value]).toEqual(['m1', 'm2']);
    emit('cleared', 'm1');
    expect([...model.unseen.value]).toEqual(['m2']);
    expect(model.lines.value.map(({ id, isDeleted }) => [id, isDeleted])).toEqual([
      ['m2', false],
      ['m3', true],
    ]);
  });

  it('drops an edit older than the shown version', () => {
    const { model, say, emit } = openChat();
    say('m1');
    emit('edited', { id: 'm1', message: 'third', editedAt: '', version: 3 });
    emit('edited', { id: 'm1', message: 'second', editedAt: '', version: 2 });
    say('m1', { message: 'first' });
    expect(model.lines.value.map(({ text, isEdited }) => [text, isEdited])).toEqual([['third', true]]);
  });

  it('shows what is being sent, keeps what failed, and sends it again when asked', async () => {
    const first = deferred<ChatMessage>();
    const send = vi.fn(() => first.promise);
    const { model, ids } = openChat({ send });
    model.send('hello', 'm0');
    expect(send).toHaveBeenCalledWith('hello', { replyTo: 'm0' });
    expect(model.pending.value).toMatchObject([{ text: 'hello', problem: null }]);
    first.reject(new ParleyClientError('rate_limited', 'slow down'));
    await settled();
    expect(model.pending.value).toMatchObject([{ text: 'hello', problem: 'rate_limited' }]);
    send.mockImplementation(async () => fakeMessage({ id: 'm9', userId: 'u0' }));
    model.retry(model.pending.value[0]?.key ?? 0);
    await settled();
    expect(model.pending.value).toEqual([]);
    expect(ids()).toEqual(['m9']);
  });

  it('asks for earlier messages before the oldest one, and stops at the beginning', async () => {
    const history = vi.fn(async () => ({
      items: [fakeMessage({ id: 'm5' })],
      nextCursor: 'm5' as string | null,
    }));
    const { model } = openChat({ history });
    model.setShown(true);
    await settled();
    history.mockResolvedValueOnce({ items: [fakeMessage({ id: 'm4' })], nextCursor: null });
    await model.loadOlder();
    await model.loadOlder();
    expect(history.mock.calls).toEqual([[{ limit: 50, before: undefined }], [{ limit: 50, before: 'm5' }]]);
    expect(model.history.value).toBe('complete');
  });

  it('tells a late comer that there are earlier messages, without counting them as unread', async () => {
    const { model } = openChat({ lastId: 'm1' });
    expect([model.hasEarlier.value, model.unread.value]).toEqual([true, 0]);
    model.setShown(true);
    await settled();
    expect(model.hasEarlier.value).toBe(false);
  });

  it('follows the rights and the policy of the room', () => {
    const { model, emitCall } = openChat();
    expect(model.mayWrite.value).toBe(true);
    emitCall('you', { host: true, send: ['audio'] });
    expect([model.mayWrite.value, model.isHost.value]).toEqual([false, true]);
    emitCall('you', { host: false, send: ['chat'] });
    emitCall('room', { ...ROOM, chat: 'off' });
    expect([model.mayWrite.value, model.policy.value]).toEqual([false, 'off']);
  });

  it('says who is typing, until they stop, leave, or fall silent', () => {
    vi.useFakeTimers();
    try {
      const { model, emit, emitCall, peer } = openChat();
      emit('typing', peer.peer, true);
      expect(model.typing.value).toEqual(['Maya']);
      emitCall('peerleft', peer.peer, 'left');
      expect(model.typing.value).toEqual([]);
      emit('typing', peer.peer, true);
      vi.advanceTimersByTime(15_000);
      expect(model.typing.value).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells the others once that this side types, and once that it stopped', () => {
    vi.useFakeTimers();
    try {
      const told: boolean[] = [];
      const { model } = openChat({ setTyping: (typing) => void told.push(typing) });
      model.pressed(false);
      model.pressed(false);
      vi.advanceTimersByTime(4_000);
      model.pressed(false);
      model.pressed(true);
      expect(told).toEqual([true, false, true, false]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('reports whether the chat was shown when somebody wrote', () => {
    const { model, say, heard } = openChat();
    say('m1');
    model.setShown(true);
    say('m2');
    say('m3', { userId: 'u0' });
    expect(heard.map(([line, shown]) => [line.id, shown])).toEqual([
      ['m1', false],
      ['m2', true],
    ]);
  });
});
