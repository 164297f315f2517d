import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Call, ChatItem, ChatPolicy, RemotePeer } from '../../../client/index.ts';
import { failureOf } from '../../failure.ts';
import { attempt } from '../../optional-features.ts';
import { singleFlight } from '../../single-flight.ts';
import { nameOf } from '../people.ts';
import { type ChatLine, ChatLines } from './chat-lines.ts';
import { type ChatWindow, createChatWindow } from './chat-window.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createTyping } from './typing.ts';

/** Max unseen messages that are counted; each one more costs a copy of the set. The badge shows at most 99. */
const MAX_UNSEEN = 1_000;

/** The view model of a call's chat. */
export interface ChatModel
  extends Pick<Outbox, 'pending' | 'send' | 'retry' | 'discard'>,
    Pick<ChatWindow, 'lines' | 'history' | 'hasNewer' | 'loadOlder' | 'loadNewer' | 'goTo'> {
  readonly policy: ReadonlySignal<ChatPolicy>;
  /** Whether this side may write. */
  readonly mayWrite: ReadonlySignal<boolean>;
  /** Whether this side may delete others' messages. */
  readonly isHost: ReadonlySignal<boolean>;
  /** Ids of others' messages that came since this side joined and have not been on the screen. */
  readonly unseen: ReadonlySignal<ReadonlySet<string>>;
  readonly unread: ReadonlySignal<number>;
  /** There are messages of before this side joined, which it has never looked at. */
  readonly hasEarlier: ReadonlySignal<boolean>;
  /** Names of those who are typing. */
  readonly typing: ReadonlySignal<readonly string[]>;
  /** The text of an unsent message, which stays while the panel is closed. */
  readonly draft: Signal<string>;
  /** What failed last: a code; null if nothing did since. */
  readonly problem: ReadonlySignal<string | null>;
  /** The panel shows the chat, or no longer. Loads the newest page the first time. */
  setShown(shown: boolean): void;
  /** Whether the reader is at the newest message. */
  setAtEnd(atEnd: boolean): void;
  /** Messages were on the screen. */
  markSeen(ids: readonly string[]): void;
  edit(id: string, text: string): Promise<void>;
  remove(id: string): Promise<void>;
  react(id: string, emoji: string, on: boolean): Promise<void>;
  /** This side pressed a key in the message field. @param empty nothing is left to send */
  pressed(empty: boolean): void;
  close(): void;
}

interface ChatModelOptions {
  readonly call: Call;
  /** This side's user id. */
  readonly self: () => string;
  /** Somebody else wrote. @param shown whether the panel shows the chat */
  readonly onMessage: (line: ChatLine, shown: boolean) => void;
}

export function createChatModel({ call, self, onMessage }: ChatModelOptions): ChatModel {
  const { chat } = call;
  const known = new ChatLines({ self, nameOf: (item) => authorOf(item, call) });
  const unseen = signal<ReadonlySet<string>>(new Set());
  const policy = signal(call.room.chat);
  const rights = signal(call.you);
  const problem = signal<string | null>(null);
  const lastBefore = signal(chat.lastId);
  const typing = createTyping<RemotePeer>((now) => attempt(() => chat.setTyping(now)));
  let shown = false;
  let atEnd = true;

  const forget = (isGone: (id: string) => boolean) => {
    const left = [...unseen.peek()].filter((id) => !isGone(id));
    if (left.length < unseen.peek().size) unseen.value = new Set(left);
  };
  const { lines, history, hasNewer, hear, loadOlder, loadNewer, goTo, reopen, clear, refresh } =
    createChatWindow({
      chat,
      known,
      policy,
      unseen,
      isElsewhere: () => shown && !atEnd,
      onGone: (id) => forget((one) => one === id),
      onFailed(code) {
        problem.value = code;
      },
    });
  const load = singleFlight(loadOlder);

  const outbox = createOutbox({
    send: (text, replyTo) => chat.send(text, replyTo === null ? {} : { replyTo }),
    codeOf: (error) => failureOf(error).code,
    onSent: hear,
  });

  /** Runs an action on a message; its failure is shown above the message field. */
  async function tryTo(act: () => Promise<unknown>): Promise<void> {
    problem.value = null;
    try {
      await act();
    } catch (error) {
      problem.value = failureOf(error).code;
    }
  }

  const unsubscribes = [
    chat.on('message', (message) => {
      batch(() => {
        if (!hear(message)) return;
        const line = known.lineOf(message);
        if (line.isOwn) return;
        unseen.value = new Set([...unseen.peek(), line.id].slice(-MAX_UNSEEN));
        onMessage(line, shown);
      });
    }),
    chat.on('edited', (edit) => {
      known.edit(edit);
      refresh();
    }),
    chat.on('deleted', (id) => {
      known.delete(id);
      forget((one) => one === id);
      refresh();
    }),
    chat.on('reactions', (id, reactions) => {
      known.react(id, reactions);
      refresh();
    }),
    chat.on('cleared', (upTo) => {
      forget((id) => id <= upTo);
      lastBefore.value = null;
      clear(upTo);
    }),
    chat.on('typing', (peer, now) => typing.set(peer, nameOf(peer), now)),
    call.on('peerleft', (peer) => typing.set(peer, '', false)),
    call.on('you', (you) => {
      rights.value = you;
    }),
    call.on('room', (room) => {
      if (room.chat === policy.peek()) return;
      policy.value = room.chat;
      // More may be readable now.
      reopen();
      if (shown) void load();
    }),
  ];

  return {
    ...outbox,
    policy,
    mayWrite: computed(() => policy.value !== 'off' && rights.value.send.includes('chat')),
    isHost: computed(() => rights.value.host),
    lines,
    history,
    hasNewer,
    unseen,
    unread: computed(() => unseen.value.size),
    hasEarlier: computed(
      () => history.value === 'unread' && lastBefore.value !== null && policy.value === 'all',
    ),
    typing: typing.names,
    draft: signal(''),
    problem,
    setShown(now) {
      shown = now;
      if (now && history.peek() === 'unread' && policy.peek() !== 'off') void load();
    },
    loadOlder: load,
    loadNewer: singleFlight(loadNewer),
    goTo,
    setAtEnd(now) {
      atEnd = now;
    },
    markSeen(ids) {
      forget((id) => ids.includes(id));
    },
    edit: (id, text) =>
      tryTo(async () => {
        known.edit(await chat.edit(id, text));
        refresh();
      }),
    remove: (id) =>
      tryTo(async () => {
        await chat.remove(id);
        known.delete(id);
        refresh();
      }),
    react: (id, emoji, on) => tryTo(() => chat.react(id, emoji, on)),
    pressed: typing.pressed,
    close() {
      for (const off of unsubscribes) off();
      typing.close();
    },
  };
}

/** The name on the author's tile, else the one that the server knows. */
function authorOf(item: ChatItem, { peers }: Call): string {
  const peerId = 'peerId' in item ? item.peerId : null;
  const peer = peerId === null ? undefined : peers.get(peerId);
  if (peer !== undefined) return nameOf(peer);
  return 'displayName' in item ? (item.displayName ?? '') : '';
}
