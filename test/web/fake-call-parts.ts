import type {
  Chat,
  ChatEvents,
  ChatMessage,
  ChatPage,
  Knock,
  Knocks,
  KnocksEvents,
  SharedData,
  SharedDataEvents,
} from '../../src/client/index.ts';
import { createEmitter } from './fake-emitter.ts';

/** Fakes of `call.chat`, `call.knocks` and `call.data`. Each records what it is asked for by `sent`. */

type Sent = unknown[][];

export function fakeMessage(fields: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id: 'm1',
    roomId: 'r',
    userId: 'u1',
    peerId: 'p1',
    displayName: 'Maya',
    message: 'hello',
    createdAt: '2026-01-01T00:00:00.000Z',
    version: 1,
    ...fields,
  };
}

export function fakeChat(sent: Sent) {
  const emitter = createEmitter<ChatEvents>();
  let page: ChatPage = { items: [], nextCursor: null };
  const record = (name: string, values: unknown[]) => {
    sent.push([`chat.${name}`, ...values]);
    return Promise.resolve();
  };
  const chat: Chat = {
    policy: 'all',
    lastId: null,
    on: emitter.on,
    once: emitter.on,
    async send(message, options) {
      await record('send', [message, options]);
      return fakeMessage({ message, userId: 'u0', peerId: 'me' });
    },
    async edit(id, message) {
      await record('edit', [id, message]);
      return { id, message, editedAt: '2026-01-01T00:01:00.000Z', version: 2 };
    },
    remove: (...values) => record('remove', values),
    react: (...values) => record('react', values),
    clear: (...values) => record('clear', values),
    async history(query) {
      await record('history', [query]);
      return page;
    },
    setTyping: (typing) => void record('setTyping', [typing]),
  };
  return {
    chat,
    ...emitter,
    /** Sets what `history` resolves with. */
    setPage(next: ChatPage) {
      page = next;
    },
  };
}

export function fakeKnocks(sent: Sent) {
  const emitter = createEmitter<KnocksEvents>();
  const record = (name: string, values: unknown[]) => {
    sent.push([`knocks.${name}`, ...values]);
    return Promise.resolve();
  };
  let items: readonly Knock[] = [];
  const knocks: Knocks = {
    get items() {
      return items;
    },
    on: emitter.on,
    once: emitter.on,
    admit: (...values) => record('admit', values),
    admitAll: (...values) => record('admitAll', values),
    refuse: (...values) => record('refuse', values),
  };
  return {
    knocks,
    ...emitter,
    /** Sets who waits, and tells it. */
    change(next: readonly Knock[]) {
      items = next;
      emitter.emit('change', items);
    },
  };
}

export function fakeData(sent: Sent) {
  const emitter = createEmitter<SharedDataEvents>();
  const values = new Map<string, unknown>();
  const set = (key: string, value: unknown, by: string | undefined): void => {
    if (value === undefined) values.delete(key);
    else values.set(key, value);
    emitter.emit('change', key, value, by);
  };
  const data: SharedData = {
    on: emitter.on,
    once: emitter.on,
    get: (key) => values.get(key),
    entries: () => values.entries(),
    async set(key, value) {
      sent.push(['data.set', key, value]);
    },
    async delete(key) {
      sent.push(['data.delete', key]);
    },
  };
  return { data, ...emitter, set };
}
