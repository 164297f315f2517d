import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../components/icon.tsx';
import { isolate } from '../../i18n/isolate.ts';
import { type Messages, useMessages } from '../../i18n/messages.ts';
import type { ChatLine } from './chat-lines.ts';
import type { ChatModel } from './chat-model.ts';

/** Max characters (code points) of a message [CH1]. */
const MOST_CHARACTERS = 2_000;
/** From so many characters left on, their number is shown. */
const SHOWN_LEFT = 200;

/** What the message field is about, besides a new message. */
export type Draft = { readonly does: 'reply' | 'edit'; readonly line: ChatLine } | null;

interface ComposerProps {
  readonly chat: ChatModel;
  readonly draft: Signal<Draft>;
  /** The text of a new message, kept while another tab of the panel is shown. */
  readonly text: Signal<string>;
  /** A message was sent. */
  readonly onSent: () => void;
}

/** The message field. Enter sends; on a touch keyboard, which has no Shift+Enter, it begins a new line. */
export function Composer({ chat, draft, text, onSent }: ComposerProps) {
  const t = useMessages();
  const field = useRef<HTMLTextAreaElement>(null);
  const edited = useSignal('');
  const now = draft.value;
  const isEdit = now?.does === 'edit';
  const written = isEdit ? edited : text;
  // Before it is painted: somebody who types at once would have it overwritten.
  useLayoutEffect(() => {
    if (now?.does === 'edit') edited.value = now.line.text;
    field.current?.focus();
  }, [now]);
  const left = MOST_CHARACTERS - [...written.value.trim()].length;
  const isSendable = written.value.trim() !== '' && left >= 0;

  function send(): void {
    if (!isSendable) return;
    const message = written.value.trim();
    if (now?.does === 'edit') {
      if (message !== now.line.text) void chat.edit(now.line.id, message);
    } else {
      chat.send(message, now?.line.id ?? null);
      onSent();
    }
    written.value = '';
    chat.pressed(true);
    draft.value = null;
    field.current?.focus();
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !isTouch()) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && now !== null) {
      event.preventDefault();
      draft.value = null;
    } else if (event.key === 'ArrowUp' && written.value === '' && now === null) {
      const last = chat.lines.peek().findLast((line) => line.isOwn && !line.isDeleted);
      if (last === undefined) return;
      event.preventDefault();
      draft.value = { does: 'edit', line: last };
    }
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {now !== null && (
        <p class="about">
          <Icon name={isEdit ? 'pencil' : 'reply'} />
          <span>{draftText(now, t)}</span>
          <button
            type="button"
            onClick={() => {
              draft.value = null;
            }}
          >
            <Icon name="close" />
            <span class="visually-hidden">{t.talk.cancel}</span>
          </button>
        </p>
      )}
      <div class="write">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={written.value}
          placeholder={t.talk.write}
          aria-label={t.talk.write}
          aria-invalid={left < 0}
          aria-describedby={left <= SHOWN_LEFT ? 'chat-left' : undefined}
          enterkeyhint={isTouch() ? 'enter' : 'send'}
          onInput={(event) => {
            written.value = event.currentTarget.value;
            if (!isEdit) chat.pressed(written.value.trim() === '');
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="round send" aria-disabled={!isSendable}>
          <Icon name={isEdit ? 'check' : 'arrow'} />
          <span class="visually-hidden">{isEdit ? t.talk.save : t.talk.send}</span>
        </button>
      </div>
      {left <= SHOWN_LEFT && (
        <p class="left" id="chat-left" data-over={left < 0}>
          {left < 0 ? t.talk.tooLong(-left) : t.talk.left(left)}
        </p>
      )}
    </form>
  );
}

function draftText({ does, line }: NonNullable<Draft>, t: Messages): string {
  return does === 'edit'
    ? t.talk.editing
    : t.talk.replyTo(isolate(line.isOwn ? t.you : line.name || t.guest));
}

function isTouch(): boolean {
  return matchMedia('(hover: none)').matches;
}
