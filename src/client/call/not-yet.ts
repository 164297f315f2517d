import { ParleyClientError } from '../errors.ts';
import type { Chat } from '../types.ts';

/** Stands in for the parts of a call whose messages the protocol doesn't have yet. */
export function notYet(): Promise<never> {
  return Promise.reject(new ParleyClientError('unsupported', 'The server does not speak of this yet.'));
}

const on = () => () => {};

export const NO_CHAT: Chat = {
  policy: 'all',
  lastId: null,
  on,
  send: notYet,
  edit: notYet,
  remove: notYet,
  react: notYet,
  clear: notYet,
  history: notYet,
  setTyping: () => {},
};
