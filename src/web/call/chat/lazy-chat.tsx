import { useEffect } from 'preact/hooks';
import { useMessages } from '../../i18n/messages.ts';
import { lazily } from '../lazy-part.tsx';

const load = () => import('./chat-panel.tsx').then(({ ChatPanel }) => ChatPanel);

/** Loads the chat panel ahead of its use: once it is wanted, the connection may be lost. */
export function useChatLoaded(): void {
  useEffect(() => void load().catch(() => {}), []);
}

/** The chat panel, which is loaded after the call has started. */
export const LazyChat = lazily(load, () => <p class="no-chat">{useMessages().talk.loadingChat}</p>);
