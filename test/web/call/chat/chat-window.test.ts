import { describe, expect, it } from 'vitest';
import type { ChatPolicy, ChatQuery } from '../../../../src/client/index.ts';
import { ParleyClientError } from '../../../../src/client/index.ts';
import { createChatModel } from '../../../../src/web/call/chat/chat-model.ts';
import { MAX_LINES } from '../../../../src/web/call/chat/chat-window.ts';
import { fakeChat, fakeMessage } from '../../fake-call-parts.ts';
import { fakeCall, ROOM } from '../../fakes.ts';

const idOf = (n: number) => `m${String(n).padStart(5, '0')}`;
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => idOf(first + index));

/** A chat whose server has stored `stored` messages, and stores what is said. */
function openChat({ stored = 0, policy = 'all' }: { stored?: number; policy?: ChatPolicy } = {}) {
  const ids = range(1, stored);
  const gone = new Set<string>();
  const { chat, emit } = fakeChat([]);
  const { call } = fakeCall();
  const model = createChatModel({
    call: {
      ...call,
      room: { ...ROOM, chat: policy },
      chat: {
        ...chat,
        async history({ before, after, around, limit = 50 }: ChatQuery = {}) {
          if (policy === 'none') throw new ParleyClientError('forbidden', 'nothing is stored');
          if (around !== undefined && gone.has(around)) throw new ParleyClientError('not_found', 'gone');
          const found = pageOf(
            ids.filter((id) => !gone.has(id)),
            { before, after, around },
            limit,
          );
          return { ...found, items: found.ids.map((id) => fakeMessage({ id })) };
        },
      },
    },
    self: () => 'u0',
    onMessage: () => {},
  });
  return {
    model,
    shown: () => model.lines.value.map(({ id }) => id),
    gone,
    say(count: number) {
      for (let n = 0; n < count; n += 1) {
        const id = idOf(ids.length + 1);
        ids.push(id);
        emit('message', fakeMessage({ id }));
      }
    },
    clear() {
      const upTo = ids.at(-1) ?? '';
      for (const id of ids) gone.add(id);
      emit('cleared', upTo);
    },
  };
}

function pageOf(ids: readonly string[], { before, after, around }: ChatQuery, limit: number) {
  if (after !== undefined) {
    const rest = ids.filter((id) => id > after);
    const page = rest.slice(0, limit);
    return { ids: page, nextCursor: rest.length > limit ? (page.at(-1) ?? null) : null };
  }
  if (around !== undefined) {
    const at = ids.indexOf(around);
    return { ids: ids.slice(Math.max(0, at - limit / 2), at + limit / 2), nextCursor: null };
  }
  const rest = before === undefined ? ids : ids.filter((id) => id < before);
  const page = rest.slice(-limit);
  return { ids: page, nextCursor: rest.length > limit ? (page[0] ?? null) : null };
}

/** Opens the panel, and reads all that comes. */
async function readsAlong(chat: ReturnType<typeof openChat>): Promise<void> {
  chat.model.setShown(true);
  await chat.model.loadOlder();
}

describe('the messages that the page holds', () => {
  it('are at most MAX_LINES: at the newest message the oldest are dropped, and read again', async () => {
    const chat = openChat();
    await readsAlong(chat);
    for (let n = 0; n < MAX_LINES + 60; n += 1) {
      chat.say(1);
      chat.model.markSeen([...chat.model.unseen.value]);
    }
    expect(chat.shown()).toEqual(range(61, MAX_LINES + 60));
    expect(chat.model.history.value).toBe('more');
    chat.model.setAtEnd(false);
    await chat.model.loadOlder();
    expect(chat.shown()).toEqual(range(11, MAX_LINES + 10));
    expect(chat.model.hasNewer.value).toBe(true);
    await chat.model.loadNewer();
    expect(chat.shown()).toEqual(range(61, MAX_LINES + 60));
    expect(chat.model.hasNewer.value).toBe(false);
  });

  it('keep the place of who reads far up: what comes is counted, and read on the way down', async () => {
    const chat = openChat({ stored: 50 });
    await readsAlong(chat);
    chat.model.setAtEnd(false);
    chat.say(MAX_LINES + 100);
    expect(chat.shown()).toEqual(range(1, MAX_LINES));
    expect(chat.model.unread.value).toBe(MAX_LINES + 100);
    for (let n = 0; chat.model.hasNewer.value && n < 20; n += 1) await chat.model.loadNewer();
    expect(chat.shown()).toEqual(range(151, MAX_LINES + 150));
    chat.model.setAtEnd(true);
    chat.model.markSeen([...chat.model.unseen.value]);
    chat.say(1);
    expect(chat.shown()).toEqual(range(152, MAX_LINES + 151));
  });

  it('begin with the first unseen one if more than MAX_LINES came while the chat was closed', async () => {
    const chat = openChat();
    chat.say(MAX_LINES + 1);
    expect(chat.shown()).toEqual(range(1, MAX_LINES));
    expect(chat.model.unread.value).toBe(MAX_LINES + 1);
    await readsAlong(chat);
    expect(chat.shown()).toEqual(range(1, MAX_LINES));
    expect(chat.model.hasNewer.value).toBe(true);
  });

  it('lead to any message and to the newest, and leave out none of those said meanwhile', async () => {
    const chat = openChat({ stored: 2_000 });
    await readsAlong(chat);
    await chat.model.goTo(idOf(700));
    expect(chat.shown()).toContain(idOf(700));
    expect([chat.model.history.value, chat.model.hasNewer.value]).toEqual(['more', true]);
    const loading = chat.model.goTo(null);
    chat.say(3);
    await loading;
    for (let n = 0; chat.model.hasNewer.value && n < 5; n += 1) await chat.model.loadNewer();
    const shown = chat.shown();
    expect(shown.at(-1)).toBe(idOf(2_003));
    expect(shown).toEqual(range(2_004 - shown.length, 2_003));
  });

  it('go to the newest instead of a message that is gone, and count that one no longer', async () => {
    const chat = openChat({ stored: 60 });
    chat.say(2);
    chat.gone.add(idOf(61));
    await chat.model.goTo(idOf(61));
    expect(chat.shown().at(-1)).toBe(idOf(62));
    expect([...chat.model.unseen.value]).toEqual([idOf(62)]);
  });

  it('lose the oldest if nobody stores them, seen or not', async () => {
    const chat = openChat({ policy: 'none' });
    chat.say(MAX_LINES + 5);
    expect(chat.shown()).toEqual(range(6, MAX_LINES + 5));
    expect([chat.model.unread.value, chat.model.hasNewer.value]).toEqual([MAX_LINES, false]);
  });

  it('are none after the chat was cleared, wherever one was reading', async () => {
    const chat = openChat({ stored: 50 });
    await readsAlong(chat);
    chat.model.setAtEnd(false);
    chat.say(MAX_LINES);
    chat.clear();
    await chat.model.loadNewer();
    expect(chat.shown()).toEqual([]);
    expect(chat.model.hasNewer.value).toBe(false);
    chat.say(1);
    expect(chat.shown()).toEqual([idOf(MAX_LINES + 51)]);
  });
});
