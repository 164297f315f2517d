import { ParleyError, unreachable } from '../../domain/errors.ts';
import { notInRoom, oneRoomOnly, peerGone } from '../../domain/refusals.ts';
import { type Borrowed, textOf } from '../../lib/borrowed.ts';
import type { CallEvent, HangupReason } from '../../protocol/events.ts';
import type { Expectations } from '../live-rooms/expectations.ts';
import type { Registry } from '../session/registry.ts';
import type { Session } from '../session/session.ts';
import type { CallMessage } from '../wire/client-message.ts';
import type { CallEnd, Ring } from './call-end.ts';
import { type DirectCalls, mayCallDirectly } from './direct-calls.ts';
import { keepForExpected } from './kept.ts';
import {
  CALL_COUNTERPARTS,
  callsOf,
  link,
  linkedPeer,
  ringFrom,
  ringTo,
  startRinging,
  stopRinging,
  stopRingingAt,
  unlink,
} from './links.ts';
import { noteWait } from './note-wait.ts';

const CLOSING_BRACE = 0x7d;
/** Sessions of one user that ring for a direct call; the newest are taken. */
const RINGING_SESSIONS = 10;

interface CallRelayDeps {
  readonly registry: Registry;
  readonly directCalls: DirectCalls;
  /** Whether a session waits to be let into a room: it makes and gets no direct calls [KN1]. */
  readonly isWaiting: (session: Session) => boolean;
  /** Who is yet to come into which room. */
  readonly expected: () => Expectations;
}

export interface CallRelay {
  /**
   * Passes a call message on to whom it is for [CA1]–[CA6].
   * @throws ParleyError `peer_gone`, `not_in_room`, `user_offline`, `forbidden`, `invalid_message`
   */
  relay(sender: Session, message: CallMessage): undefined;
  /** Ends the calls that an end has with any of `others`, or all of its calls, with `peer_left` [CA5]. */
  hangUpOn(end: CallEnd, others?: readonly { readonly peerId: string }[]): void;
  /** Messages passed on since the start, counted once per recipient. */
  readonly relayed: number;
}

export function createCallRelay({ registry, directCalls, isWaiting, expected }: CallRelayDeps): CallRelay {
  let relayed = 0;

  function relay(sender: Session, message: CallMessage): undefined {
    const { event, rest, userId } = message;
    if (userId !== undefined && message.to === undefined) {
      const body = (): string => Buffer.from(stamp(sender, rest)).toString() + textOf(rest);
      if (keepForExpected(expected(), sender, { event, userId, body })) {
        noteWait(expected().offers, sender, event, { userId, peerId: null });
        return;
      }
    }
    const target = findTarget(sender, message);
    const passedOn = { stamp: stamp(sender, rest), rest };
    // Copied: an answer or a hangup empties the list.
    const recipients = 'caller' in target ? [...target.sessions] : [target];
    const finishUp = updateLinks(sender, event, target);
    relayed += recipients.length;
    for (const recipient of recipients) recipient.sendRelayed(event, passedOn);
    finishUp?.();
  }

  /** The target of a message: one end, or all sessions where the sender's call rings. */
  function findTarget(sender: Session, { event, to, userId }: CallMessage): CallEnd | Ring {
    // [CA6] An answer that comes too late is refused with `peer_gone`, even though it names the caller.
    const addressed = (to ?? userId) !== undefined && event !== 'call:answer';
    if (to !== undefined) return findPeer(sender, to) ?? refuse(sender, addressed);
    if (userId !== undefined) return findUser(sender, event, userId) ?? refuse(sender, addressed);
    if (event === 'call:offer') {
      throw new ParleyError('invalid_message', 'An offer needs `to` (a peerId) or `userId`.');
    }
    const counterpart = sender.calls?.counterpart;
    if (counterpart === undefined) return refuse(sender, false);
    if (typeof counterpart === 'string') return findPeer(sender, counterpart) ?? refuse(sender, false);
    return counterpart.sessions.length > 0 ? counterpart : refuse(sender, false);
  }

  /** [CA4] The peer, if it is in the sender's room, in a call with the sender, or at the other end of a ringing call. */
  function findPeer(sender: Session, peerId: string): CallEnd | undefined {
    const linked = linkedPeer(sender, peerId);
    if (linked !== undefined) return linked;
    const room = sender.participant?.room;
    const target = registry.byPeer(peerId);
    // A participant without a session is known to its room alone.
    if (target === undefined) return room?.members.find((member) => member.peerId === peerId)?.recipient;
    if (target === sender) return undefined;
    if (room !== undefined && room === target.participant?.room) return target;
    return (ringFrom(sender, target) ?? ringFrom(target, sender)) ? target : undefined;
  }

  /** [CA3] The user's latest peer in the sender's room, or the user's end of a call; an offer rings if there is neither. */
  function findUser(sender: Session, event: CallEvent, userId: string): CallEnd | Ring | undefined {
    const { participant } = sender;
    const inRoom = participant?.room.members.findLast(
      (member) => member.userId === userId && member !== participant,
    );
    if (inRoom !== undefined) return inRoom.recipient;
    const linked = sender.calls?.linked.findLast((end) => end.userId === userId);
    if (linked !== undefined) return linked;
    const caller = sender.calls?.rungBy.findLast((ring) => ring.caller.userId === userId)?.caller;
    if (caller !== undefined) return caller;
    if (event === 'call:offer' && participant === undefined && directCalls !== 'off') {
      return ring(sender, userId);
    }
    return ringTo(sender, userId);
  }

  /**
   * [CA6] Rings all sessions of a user, again if they ring already. A user who takes no direct calls is offline to the
   * caller.
   * @throws ParleyError `forbidden`, `user_offline`
   */
  function ring(caller: Session, userId: string): Ring {
    if (caller.identity.room !== null) throw oneRoomOnly();
    if (!mayCallDirectly(caller.identity, directCalls)) {
      throw new ParleyError(
        'forbidden',
        "Guests can't call users here. Meet in a room, or sign in with an account.",
      );
    }
    if (isWaiting(caller)) {
      throw new ParleyError(
        'forbidden',
        'You wait to be let into a room. Leave it with `room:leave`, then call.',
      );
    }
    const sessions = registry
      .ofUser(userId)
      .filter((session) => session !== caller && mayCallDirectly(session.identity, directCalls))
      .filter((session) => !isWaiting(session));
    if (sessions.length === 0) {
      throw new ParleyError('user_offline', 'This user is offline. Try again later.');
    }
    const { ringing } = callsOf(caller);
    const [oldest] = ringing;
    if (ringing.length >= CALL_COUNTERPARTS && oldest !== undefined) cancel(oldest, 'user_hangup');
    const call = ringTo(caller, userId) ?? { caller, userId, sessions: [] };
    startRinging(call, sessions.slice(-RINGING_SESSIONS));
    return call;
  }

  /** Records what a message changes in who has a call with whom. @returns what to do after it was passed on */
  function updateLinks(sender: Session, event: CallEvent, target: CallEnd | Ring): (() => void) | undefined {
    // Candidates, which are most messages, change nothing.
    if (event === 'call:ice') return undefined;
    if (!('caller' in target)) noteWait(expected().offers, sender, event, target);
    switch (event) {
      case 'call:offer':
        if (!('caller' in target)) link(sender, target);
        return undefined;
      case 'call:answer':
        if ('caller' in target) throw peerGone();
        return takeCall(sender, target);
      case 'call:hangup':
        return 'caller' in target ? () => stopRinging(target) : hangUp(sender, target);
      default:
        return unreachable(event);
    }
  }

  /** [CA6] The first answer takes the call; the other sessions stop ringing. */
  function takeCall(answerer: CallEnd, caller: CallEnd): (() => void) | undefined {
    const call = ringFrom(answerer, caller);
    if (call === undefined) return undefined;
    const rang = stopRinging(call);
    link(answerer, caller);
    return () => {
      for (const session of rang) if (session !== answerer) sendHangup(session, caller, 'answered_elsewhere');
    };
  }

  /** If a direct call rings, one session's hangup declines it for the user: the others stop ringing too. */
  function hangUp(sender: CallEnd, target: CallEnd): (() => void) | undefined {
    unlink(sender, target);
    const outgoing = ringFrom(target, sender);
    if (outgoing !== undefined) stopRingingAt(outgoing, target);
    const incoming = ringFrom(sender, target);
    if (incoming === undefined) return undefined;
    stopRingingAt(incoming, sender);
    return () => cancel(incoming, 'answered_elsewhere');
  }

  function cancel(call: Ring, reason: HangupReason): void {
    for (const session of stopRinging(call)) sendHangup(session, call.caller, reason);
  }

  function hangUpOn(end: CallEnd, others?: readonly { readonly peerId: string }[]): void {
    const { calls } = end;
    if (calls === undefined) return;
    const concerned = (linked: CallEnd): boolean =>
      others === undefined || others.some(({ peerId }) => peerId === linked.peerId);
    for (const other of calls.linked.filter(concerned)) {
      unlink(end, other);
      if (calls.counterpart === other.peerId) calls.counterpart = undefined;
      sendHangup(other, end, 'peer_left');
    }
    if (others !== undefined) return;
    for (const outgoing of [...calls.ringing]) cancel(outgoing, 'peer_left');
    for (const incoming of [...calls.rungBy]) {
      stopRingingAt(incoming, end);
      if (incoming.sessions.length === 0) sendHangup(incoming.caller, end, 'peer_left');
    }
  }

  return {
    relay,
    hangUpOn,
    get relayed() {
      return relayed;
    },
  };
}

/** Returns the start of a relayed payload, up to the sender's own members [CA2]. */
function stamp(sender: Session, rest: Borrowed): Uint8Array {
  sender.stamp ??= Buffer.from(`{"from":"${sender.peerId}","fromUserId":${JSON.stringify(sender.userId)},`);
  return rest[0] === CLOSING_BRACE ? sender.stamp.subarray(0, -1) : sender.stamp;
}

function sendHangup(to: CallEnd, from: CallEnd, reason: HangupReason): void {
  to.send('call:hangup', { from: from.peerId, fromUserId: from.userId, reason });
}

/** [CA4] @param addressed whether the message named its target */
function refuse({ participant, calls }: Session, addressed: boolean): never {
  const engaged = [calls?.linked, calls?.ringing, calls?.rungBy].some((list) => (list?.length ?? 0) > 0);
  const hadCounterpart = calls?.counterpart !== undefined && !addressed;
  if (participant === undefined && !engaged && !hadCounterpart) {
    throw notInRoom();
  }
  throw peerGone();
}
