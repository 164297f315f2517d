import type { CallModel } from '../call-model.ts';

/** The chat of a call. */
export function ChatPanel({ call }: { readonly call: CallModel }) {
  return <div class="chat" data-unread={call.chat.unread.value} />;
}
