import type { CallEvent } from '../../protocol/events.ts';
import type { Expectations } from '../live-rooms/expectations.ts';
import type { KeptMessage } from '../live-rooms/mailboxes.ts';
import type { Participant } from '../live-rooms/participant.ts';
import type { Registry } from '../session/registry.ts';
import type { Session } from '../session/session.ts';
import { link } from './links.ts';

/**
 * Keeps a peer's call message for a user who is expected in its room; a hangup takes back what the peer has sent.
 * @param body the payload with the sender's stamp [CA2]; called only if the message is kept
 * @returns false if the user isn't expected there, or has a peer inside
 * @throws ParleyError `peer_gone` if no more is kept for the user [CT4]
 */
export function keepForExpected(
  expected: Expectations,
  { participant, peerId }: Session,
  {
    event,
    userId,
    body,
  }: { readonly event: CallEvent; readonly userId: string; readonly body: () => string },
): boolean {
  if (participant === undefined || !expected.has(participant.room.roomId, userId)) return false;
  const { roomId, members } = participant.room;
  if (members.some((member) => member.userId === userId)) return false;
  if (event === 'call:hangup') expected.mailboxes.takeBack(roomId, userId, peerId);
  else expected.mailboxes.keep(roomId, userId, { event, body: body(), from: peerId });
  return true;
}

/** Delivers what was kept for a newcomer, in order, but for what peers have sent who have left since. */
export function deliverKept(
  registry: Registry,
  to: Participant,
  kept: readonly Pick<KeptMessage, 'event' | 'body' | 'from'>[],
): void {
  for (const { event, body, from } of kept) {
    const sender = from === null ? undefined : registry.byPeer(from);
    if (from !== null && sender?.participant?.room !== to.room) continue;
    if (sender !== undefined && event === 'call:offer') link(sender, to.recipient);
    to.deliverText(event, body);
  }
}
