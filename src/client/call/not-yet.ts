import { ParleyClientError } from '../errors.ts';
import type { Chat, Hosts, Knocks, SharedData } from '../types.ts';

/** Stands in for the parts of a call whose messages the protocol doesn't have yet. */
export function notYet(): Promise<never> {
  return Promise.reject(new ParleyClientError('unsupported', 'The server does not speak of this yet.'));
}

const on = () => () => {};

export const NO_HOSTS: Hosts = { set: notYet, limit: notYet };
export const NO_KNOCKS: Knocks = { items: [], on, admit: notYet, admitAll: notYet, refuse: notYet };
export const NO_DATA: SharedData = {
  on,
  get: () => undefined,
  entries: () => new Map<string, unknown>().entries(),
  set: notYet,
  delete: notYet,
};
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
