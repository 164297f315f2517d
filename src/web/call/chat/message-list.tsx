import { useComputed, useSignal } from '@preact/signals';
import { Fragment } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon } from '../../components/icon.tsx';
import { useMessages } from '../../i18n/messages.ts';
import type { ChatLine } from './chat-lines.ts';
import type { ChatModel } from './chat-model.ts';
import { HistoryStart } from './history-start.tsx';
import { MessageRow } from './message-row.tsx';
import { PendingRows } from './pending-rows.tsx';
import { rowsOf, useChatScroll } from './scroll.ts';
import { continues, isSameDay, timesIn } from './times.ts';

interface MessageListProps {
  readonly chat: ChatModel;
  readonly isOffline: boolean;
  /** Is given the function that moves to the end, for when a message is sent. */
  readonly onFollow: (follow: () => void) => void;
  readonly onReply: (line: ChatLine) => void;
  readonly onEdit: (line: ChatLine) => void;
}

/**
 * The messages. They are announced elsewhere, because older ones are added here too. Arrow keys and Page Up and Down move between messages, Tab reaches what can be
 * done with the current one.
 */
export function MessageList({ chat, isOffline, onFollow, onReply, onEdit }: MessageListProps) {
  const t = useMessages();
  const list = useRef<HTMLDivElement>(null);
  const current = useSignal<string | null>(null);
  /** The first message that had not been seen when the chat was opened, or when the reader was elsewhere. */
  const firstNew = useSignal<string | null>(firstOf(chat.unseen.peek()));
  const lines = chat.lines.value;
  const unseen = chat.unseen.value;
  const times = timesIn(t.lang);
  const byId = useComputed(() => new Map(chat.lines.value.map((line) => [line.id, line])));
  const scroll = useChatScroll({
    list,
    lines,
    unseen: chat.unseen,
    hasNewer: chat.hasNewer,
    onNearStart: () => {
      if (chat.history.peek() === 'more') void chat.loadOlder();
    },
    onNearEnd: () => void chat.loadNewer(),
    goTo: chat.goTo,
    onAtEnd: chat.setAtEnd,
    onSeen: chat.markSeen,
  });
  onFollow(() => {
    firstNew.value = null;
    scroll.followNext();
  });
  if (firstNew.peek() === null && unseen.size > 0 && !scroll.atEnd.peek()) firstNew.value = firstOf(unseen);

  const reveal = async (id: string) => {
    while (!scroll.show(id) && chat.history.peek() === 'more') await chat.loadOlder();
  };
  const last = lines.at(-1)?.id;
  const tabbable = current.value !== null && byId.value.has(current.value) ? current.value : last;

  return (
    <div class="messages-frame">
      <div
        ref={list}
        class="messages"
        role="log"
        aria-live="off"
        aria-label={t.talk.messages}
        aria-busy={chat.history.value === 'loading'}
        onKeyDown={(event) => moveFocus(event, list.current)}
      >
        <HistoryStart chat={chat} />
        {lines.map((line, index) => {
          const before = lines[index - 1];
          const isNewDay = before === undefined || !isSameDay(before, line);
          return (
            <Fragment key={line.id}>
              {isNewDay && <p class="day">{times.day(line.createdAt)}</p>}
              {line.id === firstNew.value && <p class="new">{t.talk.newOnes}</p>}
              <MessageRow
                line={line}
                quoted={line.replyTo === null ? undefined : byId.value.get(line.replyTo)}
                isContinued={line.id !== firstNew.value && line.replyTo === null && continues(before, line)}
                isCurrent={line.id === tabbable}
                chat={chat}
                times={times}
                onFocus={(id) => {
                  current.value = id;
                }}
                onReply={onReply}
                onEdit={onEdit}
                onReveal={(id) => void reveal(id)}
              />
            </Fragment>
          );
        })}
        <PendingRows chat={chat} isOffline={isOffline} />
      </div>
      {!scroll.atEnd.value && (
        <button type="button" class="to-newest" onClick={scroll.toNewest}>
          <Icon name="down" />
          {unseen.size > 0 ? (
            t.talk.toNew(unseen.size)
          ) : (
            <span class="visually-hidden">{t.talk.toNewest}</span>
          )}
        </button>
      )}
    </div>
  );
}

function firstOf(ids: ReadonlySet<string>): string | null {
  return ids.values().next().value ?? null;
}

function moveFocus(event: KeyboardEvent, list: HTMLElement | null): void {
  const rows = rowsOf(list);
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  if (at === -1 || event.ctrlKey || event.altKey || event.metaKey) return;
  const to = {
    ArrowUp: at - 1,
    ArrowDown: at + 1,
    PageUp: at - 10,
    PageDown: at + 10,
    Home: 0,
    End: rows.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
}
