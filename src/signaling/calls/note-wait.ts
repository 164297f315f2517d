import type { CallEvent } from '../../protocol/events.ts';
import type { Party, WaitingOffers } from '../live-rooms/waiting-offers.ts';
import type { Session } from '../session/session.ts';

/** Notes what a peer's call message changes in which offers wait in its room [CT3]. Direct calls aren't for backends. */
export function noteWait(
  offers: WaitingOffers,
  { participant, userId, peerId }: Session,
  event: CallEvent,
  target: Party,
): void {
  if (participant === undefined) return;
  const { roomId, members } = participant.room;
  const sender: Party = { userId, peerId };
  const other: Party = { userId: target.userId, peerId: target.peerId };
  if (event === 'call:offer') {
    const isHere = other.peerId === null || members.some((member) => member.peerId === other.peerId);
    if (isHere) offers.add(roomId, { from: sender, to: other });
  } else if (event === 'call:answer') {
    offers.end(roomId, other, sender);
  } else if (event === 'call:hangup') {
    offers.end(roomId, sender, other);
    offers.end(roomId, other, sender);
  }
}
