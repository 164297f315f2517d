import type { Accounts } from './accounts/accounts.ts';
import type { Added } from './control/control.ts';
import type { Events } from './domain/events.ts';
import type { UserId } from './domain/ids.ts';
import { type Awaitable, andThen } from './lib/awaitable.ts';
import type { CallLog } from './rooms/call-log.ts';
import type { Moderation } from './rooms/moderation.ts';
import type { Rooms } from './rooms/rooms.ts';
import type { Hub } from './signaling/hub.ts';
import type { Ice } from './turn/ice/ice.ts';
import type { People } from './webhooks/people.ts';

interface Subscribers {
  readonly accounts: Pick<Accounts, 'forget' | 'forgetDeleted' | 'standing' | 'setup'>;
  readonly hub: Pick<Hub, 'endLogin' | 'endUser' | 'updateUser' | 'tellRelayRestarted'>;
  readonly ice: Pick<Ice, 'revokePeer' | 'passOn' | 'revokeLogin'>;
  readonly rooms: Pick<Rooms, 'emptied' | 'noteRemoved'>;
  readonly moderation: Pick<Moderation, 'evacuate'>;
  readonly callLog: Pick<CallLog, 'joined' | 'left'>;
  readonly added: Pick<Added, 'joined' | 'left' | 'userDeleted'>;
  /** Undefined: there are no webhooks. */
  readonly people?: People | undefined;
}

/** Every subscription to a domain event, in the order in which an event's subscribers are called. */
export function subscribeAll(
  events: Events,
  { accounts, hub, ice, rooms, moderation, callLog, added, people }: Subscribers,
): void {
  events.subscribe('relay.restarted', () => hub.tellRelayRestarted());
  events.subscribe('login.ended', ({ loginId, userId }) => hub.endLogin(loginId, userId));
  events.subscribe('login.ended', ({ loginId }) => ice.revokeLogin(loginId));
  events.subscribe('place.taken', ({ placeId, peerId }) => ice.passOn(placeId, peerId));
  events.subscribe('place.ended', ({ placeId }) => ice.revokePeer(placeId));
  events.subscribe('peer.left', ({ peerId }) => ice.revokePeer(peerId));
  if (people !== undefined) subscribePeople(events, people);
  events.subscribe('peer.joined', (joined) => callLog.joined(joined));
  events.subscribe('peer.left', (left) => callLog.left(left));
  events.subscribe('peer.joined', (joined) => added.joined(joined));
  events.subscribe('peer.left', (left) => added.left(left));
  events.subscribe('room.emptied', ({ roomId }) => rooms.emptied(roomId));
  events.subscribe('user.changed', ({ userId }) => accounts.forget(userId));
  events.subscribe('user.changed', ({ userId }) => updateSessions(userId, { accounts, hub }));
  events.subscribe('user.changed', () => accounts.setup.noticeAdmin());
  events.subscribe('user.deleted', ({ userId }) => accounts.forgetDeleted(userId));
  events.subscribe('user.deleted', ({ userId }) => hub.endUser(userId));
  events.subscribe('user.deleted', ({ userId }) => added.userDeleted(userId));
  events.subscribe('user.expired', ({ userId }) => added.userDeleted(userId));
  events.subscribe('user.deleted', ({ roomIds }) => rooms.noteRemoved(roomIds));
  events.subscribe('user.deleted', ({ roomIds }) => moderation.evacuate(roomIds));
}

/** Before the log of calls: somebody joins, then a call starts. */
function subscribePeople(events: Events, people: People): void {
  events.subscribe('peer.joined', (joined) => people.joined(joined));
  events.subscribe('peer.left', (left) => people.left(left));
  events.subscribe('call.started', (call) => people.callStarted(call));
  events.subscribe('call.ended', (call) => people.callEnded(call));
  events.subscribe('knock.began', (knock) => people.knocked(knock));
  events.subscribe('knock.admitted', (knock) => people.admitted(knock));
  events.subscribe('knock.refused', (knock) => people.refused(knock));
}

/** Gives the sessions of a user what is stored about it now. */
export function updateSessions(
  userId: UserId,
  { accounts, hub }: { readonly accounts: Pick<Accounts, 'standing'>; readonly hub: Subscribers['hub'] },
): Awaitable<void> {
  return andThen(accounts.standing(userId), (standing) => {
    if (standing !== undefined) hub.updateUser(userId, standing);
  });
}
