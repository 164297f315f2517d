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
  earlier: 'There are earlier messages',
  actions: 'Message actions',
  messages: 'Messages',
  loadingChat: 'Loading messages…',
  loadOlder: 'Show earlier messages',
  loadFailed: 'Earlier messages could not be loaded.',
  nothingYet: 'No messages yet. Write the first one.',
  chatOff: 'Chat is turned off in this call.',
  mayNotWrite: 'The host doesn’t let you write in this call.',
  start: {
    all: 'This is the beginning of the chat.',
    since_join: 'You see what was written since you joined.',
    none: 'Messages are not stored. Whoever joins later doesn’t see them.',
  },
  newOnes: 'New',
  toNew: (n: number) => plural(n, { one: '1 new message', other: `${n} new messages` }),
  toNewest: 'Go to the newest message',
  manyNew: (n: number) => plural(n, { one: '1 new message', other: `${n} new messages` }),
  typing: (names: readonly string[]) =>
    names.length === 1
      ? `${names[0]} is typing…`
      : names.length === 2
        ? `${names[0]} and ${names[1]} are typing…`
        : 'Several people are typing…',
  write: 'Write a message',
  send: 'Send',
  save: 'Save',
  sending: 'Sending…',
  waitsForConnection: 'Will be sent once you are connected again',
  notSent: 'Not sent',
  tryAgain: 'Try again',
  discard: 'Discard',
  tooLong: (n: number) => plural(n, { one: '1 character too long', other: `${n} characters too long` }),
  left: (n: number) => plural(n, { one: '1 character left', other: `${n} characters left` }),
  edited: 'edited',
  deleted: 'This message was deleted.',
  reply: 'Reply',
  replyTo: (name: string) => `Replying to ${name}`,
  repliesTo: (name: string) => `In reply to ${name}`,
  repliesToGone: 'In reply to a message that is gone',
  repliesToEarlier: 'In reply to an earlier message',
  edit: 'Edit',
  editing: 'Editing your message',
  remove: 'Delete',
  removeAsked: 'Delete this message?',
  keep: 'Keep',
  cancel: 'Cancel',
  react: 'React',
  reactWith: (emoji: string) => `React with ${emoji}`,
  reacted: (emoji: string, n: number, mine: boolean) =>
    `${emoji}, ${plural(n, { one: '1 person', other: `${n} people` })}${mine ? ', you too' : ''}`,
  actionFailed: 'That didn’t work. Try again.',
  tooManyKinds: 'This message has too many kinds of reactions.',
  tooLate: 'That is no longer possible for this message.',
};
