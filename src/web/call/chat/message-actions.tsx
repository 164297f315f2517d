import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from '../../components/icon.tsx';
import { useMessages } from '../../i18n/messages.ts';
import { EMOJIS } from '../emojis.ts';
import type { ChatLine } from './chat-lines.ts';
import type { ChatModel } from './chat-model.ts';

/** Milliseconds within which the author may edit a message [CH2]. */
const EDITABLE_MS = 6 * 3_600_000;

interface MessageActionsProps {
  readonly line: ChatLine;
  readonly isCurrent: boolean;
  readonly chat: ChatModel;
  readonly onReply: (line: ChatLine) => void;
  readonly onEdit: (line: ChatLine) => void;
}

/** What can be done with a message. Shown while it has the focus or the pointer. */
export function MessageActions({ line, isCurrent, chat, onReply, onEdit }: MessageActionsProps) {
  const t = useMessages();
  const asks = useSignal<'react' | 'remove' | null>(null);
  const container = useRef<HTMLDivElement>(null);
  /** The pressed button is about to be replaced, which takes the focus from it. */
  const isAsking = useRef(false);
  const mayWrite = chat.mayWrite.value;
  const tabIndex = isCurrent ? 0 : -1;
  const ask = (question: 'react' | 'remove') => () => {
    isAsking.current = true;
    asks.value = question;
  };
  const done = () => {
    container.current?.closest<HTMLElement>('article')?.focus();
    asks.value = null;
  };
  // At once: a key between the rendering and this would go to where the focus was before.
  useLayoutEffect(() => {
    if (asks.value !== null) container.current?.querySelector('button')?.focus();
    isAsking.current = false;
  }, [asks.value]);
  const action = (icon: IconName, label: string, act: () => void) => (
    <button type="button" tabIndex={tabIndex} title={label} onClick={act}>
      <Icon name={icon} />
      <span class="visually-hidden">{label}</span>
    </button>
  );
  return (
    <div
      ref={container}
      class="actions"
      role="toolbar"
      aria-label={t.talk.actions}
      data-asks={asks.value}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || asks.value === null) return;
        event.preventDefault();
        done();
      }}
      onFocusOut={({ relatedTarget }) => {
        const stays = relatedTarget instanceof Node && container.current?.contains(relatedTarget) === true;
        if (!stays && !isAsking.current) asks.value = null;
      }}
    >
      {asks.value === null && (
        <>
          {mayWrite && action('smile', t.talk.react, ask('react'))}
          {mayWrite && action('reply', t.talk.reply, () => onReply(line))}
          {mayWrite && isEditable(line) && action('pencil', t.talk.edit, () => onEdit(line))}
          {(line.isOwn || chat.isHost.value) && action('trash', t.talk.remove, ask('remove'))}
        </>
      )}
      {asks.value === 'react' &&
        EMOJIS.map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="emoji"
            aria-label={t.talk.reactWith(emoji)}
            onClick={() => {
              const mine = line.reactions.some((reaction) => reaction.emoji === emoji && reaction.isMine);
              void chat.react(line.id, emoji, !mine);
              done();
            }}
          >
            {emoji}
          </button>
        ))}
      {asks.value === 'remove' && (
        <>
          <span>{t.talk.removeAsked}</span>
          <button type="button" class="word" onClick={done}>
            {t.talk.keep}
          </button>
          <button
            type="button"
            class="word danger"
            onClick={() => {
              done();
              void chat.remove(line.id);
            }}
          >
            {t.talk.remove}
          </button>
        </>
      )}
    </div>
  );
}

function isEditable({ isOwn, createdAt }: ChatLine): boolean {
  return isOwn && Date.now() - Date.parse(createdAt) < EDITABLE_MS;
}
