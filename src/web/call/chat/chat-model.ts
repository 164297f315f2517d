import { type ReadonlySignal, signal } from '@preact/signals';

/** The view model of a call's chat. */
export interface ChatModel {
  /** Number of messages that have not been on the screen. */
  readonly unread: ReadonlySignal<number>;
}

export function createChatModel(): ChatModel {
  return { unread: signal(0) };
}
