import { useMessages } from '../../i18n/messages.ts';
import type { ChatModel } from './chat-model.ts';
import { MessageText } from './message-text.tsx';

interface PendingRowsProps {
  readonly chat: ChatModel;
  readonly isOffline: boolean;
}

/** One's own messages that are on their way, or could not be sent. */
export function PendingRows({ chat, isOffline }: PendingRowsProps) {
  const t = useMessages();
  return (
    <>
      {chat.pending.value.map(({ key, text, problem }) => (
        <div key={key} class="pending" data-failed={problem !== null}>
          <MessageText text={text} />
          {problem === null && <p class="status">{isOffline ? t.talk.waitsForConnection : t.talk.sending}</p>}
          {problem !== null && (
            <p class="status" role="alert">
              {problem === 'forbidden' ? t.talk.mayNotWrite : t.talk.notSent}
              <button type="button" onClick={() => chat.retry(key)}>
                {t.talk.tryAgain}
              </button>
              <button type="button" onClick={() => chat.discard(key)}>
                {t.talk.discard}
              </button>
            </p>
          )}
        </div>
      ))}
    </>
  );
}
