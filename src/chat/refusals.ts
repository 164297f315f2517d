import { ParleyError } from '../domain/errors.ts';
import { noSuchRoom } from '../domain/refusals.ts';
import { MESSAGE_REACTIONS } from '../protocol/limits.ts';
import type { ChatRefusal } from '../store/contract.ts';

type Refusal = ChatRefusal | 'outside' | 'chat_off' | 'may_not_send' | 'hosts_only';

const REFUSALS: Readonly<Record<Exclude<Refusal, 'room_not_found'>, () => ParleyError>> = {
  outside: () => new ParleyError('forbidden', 'Only those inside this room chat here. Join it first.'),
  chat_off: () => new ParleyError('forbidden', 'The chat of this room is off. Ask a host to switch it on.'),
  may_not_send: () => new ParleyError('forbidden', 'You may not write in this room. Ask a host to let you.'),
  hosts_only: () => new ParleyError('forbidden', 'Only a host of this room may do this. Ask one.'),
  not_found: () => new ParleyError('not_found', 'There is no such message. It may have been deleted.'),
  not_author: () => new ParleyError('forbidden', 'This is not your message. Only its author may change it.'),
  too_old: () =>
    new ParleyError('forbidden', 'A message can be edited for six hours. Send another, or delete it.'),
  too_many_reactions: () =>
    new ParleyError(
      'too_large',
      `A message has at most ${MESSAGE_REACTIONS.kinds} kinds of reactions, and ${MESSAGE_REACTIONS.all} in all. Choose one that is there, or remove yours.`,
    ),
};

/** Returns the refusal of something in a chat, so that each has one wording [HT2]. */
export function refuse(refusal: Refusal): ParleyError {
  return refusal === 'room_not_found' ? noSuchRoom() : REFUSALS[refusal]();
}
