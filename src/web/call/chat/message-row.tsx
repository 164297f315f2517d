import { useId } from 'preact/hooks';
import { Avatar } from '../../components/avatar.tsx';
import { isolate } from '../../i18n/isolate.ts';
import { useMessages } from '../../i18n/messages.ts';
import type { ChatLine } from './chat-lines.ts';
import type { ChatModel } from './chat-model.ts';
import { MessageActions } from './message-actions.tsx';
import { MessageText } from './message-text.tsx';
import type { MessageTimes } from './times.ts';

interface MessageRowProps {
  readonly line: ChatLine;
  /** The message that it replies to; undefined if it isn't loaded. */
  readonly quoted: ChatLine | undefined;
  /** Whether the message above has the same author, so that the name needn't be repeated. */
  readonly isContinued: boolean;
  /** Whether Tab reaches this message. */
  readonly isCurrent: boolean;
  readonly chat: ChatModel;
  readonly times: MessageTimes;
  readonly onFocus: (id: string) => void;
  readonly onReply: (line: ChatLine) => void;
  readonly onEdit: (line: ChatLine) => void;
  readonly onReveal: (id: string) => void;
}

export function MessageRow(props: MessageRowProps) {
  const { line, quoted, isContinued, isCurrent, chat, times, onFocus, onReveal } = props;
  const t = useMessages();
  const id = useId();
  const name = line.isOwn ? t.you : line.name || t.guest;
  return (
    <article
      class="message"
      data-id={line.id}
      data-own={line.isOwn}
      data-continued={isContinued}
      tabIndex={isCurrent ? 0 : -1}
      aria-labelledby={`${id}-by`}
      aria-describedby={`${id}-text`}
      onFocusCapture={() => onFocus(line.id)}
    >
      {!isContinued && <Avatar name={line.name || t.guest} seed={line.userId ?? line.name} />}
      <p class={isContinued ? 'by visually-hidden' : 'by'} id={`${id}-by`}>
        <strong>{name}</strong> <time dateTime={line.createdAt}>{times.clock(line.createdAt)}</time>
      </p>
      <div class="said" id={`${id}-text`}>
        {line.replyTo !== null && <Quote id={line.replyTo} quoted={quoted} onReveal={onReveal} />}
        {line.isDeleted ? <p class="gone">{t.talk.deleted}</p> : <MessageText text={line.text} />}
        {line.isEdited && !line.isDeleted && <p class="edited">{t.talk.edited}</p>}
      </div>
      {line.reactions.length > 0 && (
        <ul class="reactions">
          {line.reactions.map(({ emoji, count, isMine }) => (
            <li key={emoji}>
              <button
                type="button"
                aria-pressed={isMine}
                aria-label={t.talk.reacted(emoji, count, isMine)}
                tabIndex={isCurrent ? 0 : -1}
                onClick={() => void chat.react(line.id, emoji, !isMine)}
              >
                {emoji} <span>{count}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {!line.isDeleted && <MessageActions {...props} />}
    </article>
  );
}

interface QuoteProps {
  readonly id: string;
  readonly quoted: ChatLine | undefined;
  readonly onReveal: (id: string) => void;
}

/** The message that another one replies to, in one line; leads to it. */
function Quote({ id, quoted, onReveal }: QuoteProps) {
  const t = useMessages();
  if (quoted?.isDeleted === true) return <p class="quote">{t.talk.repliesToGone}</p>;
  const name = quoted?.isOwn === true ? t.you : quoted?.name || t.guest;
  return (
    <button type="button" class="quote" tabIndex={-1} onClick={() => onReveal(id)}>
      {quoted === undefined ? (
        t.talk.repliesToEarlier
      ) : (
        <>
          <span class="visually-hidden">{t.talk.repliesTo(isolate(name))}: </span>
          <strong aria-hidden="true">{name}</strong> {quoted.text}
        </>
      )}
    </button>
  );
}
