import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isolate } from '../../i18n/isolate.ts';
import { type Messages, useMessages } from '../../i18n/messages.ts';
import type { CallModel } from '../call-model.ts';
import { Composer, type Draft } from './composer.tsx';
import { MessageList } from './message-list.tsx';

/** The chat of a call: messages, who is typing, and the message field. */
export function ChatPanel({ call }: { readonly call: CallModel }) {
  const t = useMessages();
  const { chat } = call;
  const draft = useSignal<Draft>(null);
  const follow = useRef(() => {});
  useEffect(() => {
    chat.setShown(true);
    return () => chat.setShown(false);
  }, [chat]);
  const typing = chat.typing.value.map((name) => isolate(name || t.guest));
  const problem = chat.problem.value;
  if (chat.policy.value === 'off') return <p class="no-chat">{t.talk.chatOff}</p>;
  return (
    <div class="chat">
      <MessageList
        chat={chat}
        isOffline={call.reconnecting.value}
        onFollow={(next) => {
          follow.current = next;
        }}
        onReply={(line) => {
          draft.value = { does: 'reply', line };
        }}
        onEdit={(line) => {
          draft.value = { does: 'edit', line };
        }}
      />
      <p class="typing" aria-live="off">
        {typing.length > 0 && t.talk.typing(typing)}
      </p>
      {problem !== null && (
        <p class="chat-problem" role="alert">
          {problemText(problem, t)}
        </p>
      )}
      {chat.mayWrite.value ? (
        <Composer chat={chat} draft={draft} text={chat.draft} onSent={() => follow.current()} />
      ) : (
        <p class="no-chat">{t.talk.mayNotWrite}</p>
      )}
    </div>
  );
}

function problemText(code: string, t: Messages): string {
  if (code === 'too_large') return t.talk.tooManyKinds;
  return code === 'forbidden' || code === 'not_found' ? t.talk.tooLate : t.talk.actionFailed;
}
