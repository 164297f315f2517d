import type { CallEnd, Calls, Ring } from './call-end.ts';

/** Calls, ringing calls and incoming calls that one end can have; the oldest is forgotten for a new one. */
export const CALL_COUNTERPARTS = 64;

/**
 * Who has a call with whom, and whose call rings where. Both ends of a call list each other, a ring and its sessions list
 * each other; only the functions of this file change these lists.
 */

/** The calls of an end, created if it has had none. */
export function callsOf(end: CallEnd): Calls {
  end.calls ??= { counterpart: undefined, linked: [], ringing: [], rungBy: [] };
  return end.calls;
}

/** The other end of a call with this peer, if there is one. */
export function linkedPeer(end: CallEnd, peerId: string): CallEnd | undefined {
  return end.calls?.linked.find((linked) => linked.peerId === peerId);
}

/** Records a call between two ends: each becomes the other's counterpart [CA3]. */
export function link(one: CallEnd, other: CallEnd): void {
  linkOneWay(one, other);
  linkOneWay(other, one);
}

function linkOneWay(from: CallEnd, to: CallEnd): void {
  const calls = callsOf(from);
  calls.counterpart = to.peerId;
  const newest = calls.linked[calls.linked.length - 1];
  if (newest === to || calls.linked.includes(to)) return;
  const [oldest] = calls.linked;
  if (calls.linked.length >= CALL_COUNTERPARTS && oldest !== undefined) unlink(from, oldest);
  calls.linked.push(to);
}

export function unlink(one: CallEnd, other: CallEnd): void {
  forget(one, other);
  forget(other, one);
}

function forget({ calls }: CallEnd, other: CallEnd): void {
  drop(calls?.linked, other);
  calls?.paths?.delete(other.peerId);
}

/** The call of `caller` that rings at `callee`. */
export function ringFrom(callee: CallEnd, caller: CallEnd): Ring | undefined {
  return callee.calls?.rungBy.find((ring) => ring.caller === caller);
}

/** The call of `caller` that rings at this user's sessions. */
export function ringTo(caller: CallEnd, userId: string): Ring | undefined {
  return caller.calls?.ringing.find((ring) => ring.userId === userId);
}

/** Makes a call ring at exactly these sessions. Where too many ring already, the oldest stops there. */
export function startRinging(ring: Ring, sessions: readonly CallEnd[]): void {
  for (const session of ring.sessions) drop(session.calls?.rungBy, ring);
  ring.sessions = [...sessions];
  const outgoing = callsOf(ring.caller);
  if (!outgoing.ringing.includes(ring)) outgoing.ringing.push(ring);
  outgoing.counterpart = ring;
  for (const session of ring.sessions) {
    const incoming = callsOf(session);
    incoming.counterpart = ring.caller.peerId;
    const [oldest] = incoming.rungBy;
    if (incoming.rungBy.length >= CALL_COUNTERPARTS && oldest !== undefined) stopRingingAt(oldest, session);
    incoming.rungBy.push(ring);
  }
}

export function stopRingingAt(ring: Ring, session: CallEnd): void {
  drop(ring.sessions, session);
  drop(session.calls?.rungBy, ring);
  if (ring.sessions.length === 0) drop(ring.caller.calls?.ringing, ring);
}

/** Returns the sessions where it rang until now. */
export function stopRinging(ring: Ring): readonly CallEnd[] {
  const rang = [...ring.sessions];
  for (const session of rang) stopRingingAt(ring, session);
  return rang;
}

function drop<T>(list: T[] | undefined, item: T): void {
  const index = list?.indexOf(item) ?? -1;
  if (index >= 0) list?.splice(index, 1);
}
