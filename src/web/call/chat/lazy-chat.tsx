import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useMessages } from '../../i18n/messages.ts';
import type { CallModel } from '../call-model.ts';

type Panel = FunctionComponent<{ readonly call: CallModel }>;

const load = () => import('./chat-panel.tsx').then(({ ChatPanel }) => ChatPanel);

/** Loads the chat panel ahead of its use: once it is wanted, the connection may be lost. */
export function useChatLoaded(): void {
  useEffect(() => void load().catch(() => {}), []);
}

/** The chat panel, which is loaded after the call has started. */
export function LazyChat({ call }: { readonly call: CallModel }) {
  const t = useMessages();
  const [panel, setPanel] = useState<{ readonly Panel: Panel } | 'failed' | null>(null);
  const attempt = () => {
    setPanel(null);
    load().then(
      (Panel) => setPanel({ Panel }),
      () => setPanel('failed'),
    );
  };
  useEffect(attempt, []);
  if (panel === null) return <p class="no-chat">{t.talk.loadingChat}</p>;
  if (panel !== 'failed') return <panel.Panel call={call} />;
  return (
    <p class="no-chat">
      {t.account.notLoaded.text}
      <button type="button" class="button" onClick={attempt}>
        {t.lobby.tryAgain}
      </button>
    </p>
  );
}
