import { pluralOf } from './plural.ts';

const plural = pluralOf('en');

/** The English texts of what people do beside the call: the side panel, chat, hands, reactions and layouts. */
export const talk = {
  panel: 'People and chat',
  people: 'People',
  chat: 'Chat',
  closePanel: 'Close the panel',
  openPeople: 'Show people',
  openChat: 'Show chat',
  hideChat: 'Hide chat',
  hidePeople: 'Hide people',
  unread: (n: number) => plural(n, { one: '1 unread message', other: `${n} unread messages` }),
};
