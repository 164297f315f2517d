import { useMessages } from '../../i18n/messages.ts';
import type { ChatModel } from './chat-model.ts';

/** What is above the first message: more, or the reason why there is no more. */
export function HistoryStart({ chat }: { readonly chat: ChatModel }) {
  const t = useMessages();
  const policy = chat.policy.value;
  switch (chat.history.value) {
    case 'unread':
    case 'loading':
      return (
        <p class="history" data-history="loading">
          <span class="spinner" />
          {t.talk.loadingChat}
        </p>
      );
    case 'more':
      return (
        <p class="history" data-history="more">
          <button type="button" class="button quiet" onClick={() => void chat.loadOlder()}>
            {t.talk.loadOlder}
          </button>
        </p>
      );
    case 'failed':
      return (
        <p class="history" data-history="failed">
          {t.talk.loadFailed}
          <button type="button" class="button quiet" onClick={() => void chat.loadOlder()}>
            {t.lobby.tryAgain}
          </button>
        </p>
      );
    case 'complete': {
      if (policy === 'off') return null;
      const isEmpty = chat.lines.value.length === 0 && chat.pending.value.length === 0;
      return (
        <p class="history" data-history="complete">
          {policy === 'all' && isEmpty ? t.talk.nothingYet : t.talk.start[policy]}
        </p>
      );
    }
  }
}
