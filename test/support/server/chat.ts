import type { Chat } from '../../../src/chat/chat.ts';
import { ParleyError } from '../../../src/domain/errors.ts';

async function refuse(): Promise<never> {
  throw new ParleyError('forbidden', 'There is no chat on this stage.');
}

/** A chat that is off, for tests of other things. */
export const NO_CHAT: Chat = {
  say: refuse,
  edit: refuse,
  delete: refuse,
  react: refuse,
  clear: refuse,
  history: refuse,
  changePolicy: () => undefined,
  close: () => {},
  settle: async () => {},
  stats: () => ({ said: 0 }),
};
