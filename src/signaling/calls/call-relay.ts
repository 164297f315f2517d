import { ParleyError, unreachable } from '../../domain/errors.ts';
import type { Identity } from '../../domain/identity.ts';
import { oneRoomOnly } from '../../domain/scope.ts';
import type { CallEvent, HangupReason } from '../../protocol/events.ts';
import type { Registry } from '../session/registry.ts';
import type { Ring, Session } from '../session/session.ts';
import type { CallMessage } from '../wire/call-message.ts';
import { isEmptyBehindBrace } from '../wire/json-text.ts';
import { type DirectCalls, mayCallDirectly } from './direct-calls.ts';
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

/** Sessions of a user that a direct call rings. */
const RINGING_SESSIONS = 10;

interface RelayDeps {
  readonly registry: Registry;
  readonly directCalls: DirectCalls;
}

export interface CallRelay {
  /**
   * Passes a call message on to whom it is for [CA1]–[CA6].
   * @throws ParleyError `peer_gone`, `not_in_room`, `user_offline`, `invalid_message`
   */
  relay(sender: Session, message: CallMessage): void;
  /** Hangs up, with `peer_left`, on each of `others` that it has a call with, or on all [CA5]. */
  hangUpOn(session: Session, others?: readonly Session[]): void;
  /** Messages passed on since the start, once for each session that one was for. */
  readonly relayed: number;
}

export function createCallRelay({ registry, directCalls }: RelayDeps): CallRelay {
  let relayed = 0;

  function relay(sender: Session, message: CallMessage): void {
    const { event, rest } = message;
    const target = find(sender, message);
    const passedOn = { stamp: stamp(sender, rest), rest };
    const hearers = 'caller' in target ? [...target.sessions] : [target];
    const more = follow(sender, event, target);
    relayed += hearers.length;
    for (const hearer of hearers) hearer.sendRelayed(event, passedOn);
    more?.();
  }

  /** Whom a message is for: one session, or all where the sender's call rings. */
  function find(sender: Session, { event, to, userId }: CallMessage): Session | Ring {
    // [CA6] A later answer, though it names the caller, is told that the call is gone.
    const addressed = (to ?? userId) !== undefined && event !== 'call:answer';
    if (to !== undefined) return reachable(sender, to) ?? refuse(sender, addressed);
    if (userId !== undefined) return findUser(sender, event, userId) ?? refuse(sender, addressed);
    if (event === 'call:offer') {
      throw new ParleyError('invalid_message', 'an offer needs `to` (a peerId) or `userId`');
    }
    const counterpart = sender.calls?.counterpart;
    if (counterpart === undefined) return refuse(sender, false);
    if (typeof counterpart === 'string') return reachable(sender, counterpart) ?? refuse(sender, false);
    return counterpart.sessions.length > 0 ? counterpart : refuse(sender, false);
  }

  /** [CA4] Those in one's room, and those one has a direct call with, or that one rings. */
  function reachable(sender: Session, peerId: string): Session | undefined {
    const linked = linkedPeer(sender, peerId);
    if (linked !== undefined) return linked;
    const target = registry.byPeer(peerId);
    if (target === undefined || target === sender) return undefined;
    const together = sender.membership !== undefined && sender.membership.room === target.membership?.room;
    if (together) return target;
    return (ringFrom(sender, target) ?? ringFrom(target, sender)) ? target : undefined;
  }

  function findUser(sender: Session, event: CallEvent, userId: string): Session | Ring | undefined {
    const inside = sender.membership?.room.members.findLast(
      (member) => member.userId === userId && member !== sender,
    );
    if (inside !== undefined) return inside;
    const linked = sender.calls?.linked.findLast((session) => session.userId === userId);
    if (linked !== undefined) return linked;
    const caller = sender.calls?.rungBy.findLast((ring) => ring.caller.userId === userId)?.caller;
    if (caller !== undefined) return caller;
    if (event === 'call:offer' && sender.membership === undefined && directCalls !== 'off')
      return ring(sender, userId);
    return ringTo(sender, userId);
  }

  function takesPart(identity: Identity): boolean {
    return mayCallDirectly(identity, directCalls);
  }

  /**
   * [CA6] Rings all sessions of a user, again if they ring already. Whom nobody may call is offline to the caller.
   * @throws ParleyError `forbidden`, `user_offline`
   */
  function ring(caller: Session, userId: string): Ring {
    if (caller.identity.room !== null) throw oneRoomOnly();
    if (!takesPart(caller.identity)) {
      throw new ParleyError(
        'forbidden',
        'guests can not call users here: meet in a room, or sign in to call',
      );
    }
    const sessions = registry
      .ofUser(userId)
      .filter((session) => session !== caller && takesPart(session.identity));
    if (sessions.length === 0) {
      throw new ParleyError('user_offline', 'this user has no session now: try again later');
    }
    const { ringing } = callsOf(caller);
    const [oldest] = ringing;
    if (ringing.length >= CALL_COUNTERPARTS && oldest !== undefined) cancel(oldest, 'user_hangup');
    const call = ringTo(caller, userId) ?? { caller, userId, sessions: [] };
    startRinging(call, sessions.slice(-RINGING_SESSIONS));
    return call;
  }

  /** What a message changes in who has a call with whom. @returns what to do after it was passed on */
  function follow(sender: Session, event: CallEvent, target: Session | Ring): (() => void) | undefined {
    switch (event) {
      case 'call:ice':
        return undefined;
      case 'call:offer':
        if (!('caller' in target)) link(sender, target);
        return undefined;
      case 'call:answer':
        return 'caller' in target ? refuse(sender, false) : take(sender, target);
      case 'call:hangup':
        return 'caller' in target ? () => stopRinging(target) : hangUp(sender, target);
      default:
        return unreachable(event);
    }
  }

  /** [CA6] The first answer takes the call. */
  function take(answerer: Session, caller: Session): (() => void) | undefined {
    const call = ringFrom(answerer, caller);
    if (call === undefined) return undefined;
    const rang = stopRinging(call);
    link(answerer, caller);
    return () => {
      for (const session of rang) if (session !== answerer) sayHangup(session, caller, 'answered_elsewhere');
    };
  }

  /** Where a direct call rings, one device's hangup is the user's: it stops ringing at the others too. */
  function hangUp(sender: Session, target: Session): (() => void) | undefined {
    unlink(sender, target);
    const outgoing = ringFrom(target, sender);
    if (outgoing !== undefined) stopRingingAt(outgoing, target);
    const incoming = ringFrom(sender, target);
    if (incoming === undefined) return undefined;
    stopRingingAt(incoming, sender);
    return () => cancel(incoming, 'answered_elsewhere');
  }

  function cancel(call: Ring, reason: HangupReason): void {
    for (const session of stopRinging(call)) sayHangup(session, call.caller, reason);
  }

  function hangUpOn(session: Session, others?: readonly Session[]): void {
    const { calls } = session;
    if (calls === undefined) return;
    for (const other of calls.linked.filter((linked) => others?.includes(linked) ?? true)) {
      unlink(session, other);
      if (calls.counterpart === other.peerId) calls.counterpart = undefined;
      sayHangup(other, session, 'peer_left');
    }
    if (others !== undefined) return;
    for (const outgoing of [...calls.ringing]) cancel(outgoing, 'peer_left');
    for (const incoming of [...calls.rungBy]) {
      stopRingingAt(incoming, session);
      if (incoming.sessions.length === 0) sayHangup(incoming.caller, session, 'peer_left');
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

/** [CA2] How a payload begins, up to what its sender wrote. */
function stamp(sender: Session, rest: Uint8Array): Uint8Array {
  sender.stamp ??= Buffer.from(`{"from":"${sender.peerId}","fromUserId":${JSON.stringify(sender.userId)},`);
  return isEmptyBehindBrace(rest) ? sender.stamp.subarray(0, -1) : sender.stamp;
}

function sayHangup(to: Session, from: Session, reason: HangupReason): void {
  to.send('call:hangup', { from: from.peerId, fromUserId: from.userId, reason });
}

/** [CA4] A session that never had a counterpart, or has no call left and names one, should join a room first. */
function refuse(sender: Session, addressed: boolean): never {
  const { membership, calls } = sender;
  const engaged = [calls?.linked, calls?.ringing, calls?.rungBy].some((list) => (list?.length ?? 0) > 0);
  const had = calls?.counterpart !== undefined && !addressed;
  if (membership === undefined && !engaged && !had) {
    throw new ParleyError('not_in_room', 'join a room first, or call a user with `userId`');
  }
  throw new ParleyError('peer_gone', 'nobody to signal there: they left, or are in another room');
}
