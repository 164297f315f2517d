import type { Calls, Ring, Session } from '../session/session.ts';

/** Peers that one session is remembered to have a call with, for the hangup at its end [CA5]. */
export const CALL_COUNTERPARTS = 64;

/** Who has a call with whom, and whose call rings where: lists on the sessions, kept equal on both sides. */

export function callsOf(session: Session): Calls {
  session.calls ??= { counterpart: undefined, linked: [], ringing: [], rungBy: [] };
  return session.calls;
}

/** The session of this peerId, if they have a call. */
export function linkedPeer(session: Session, peerId: string): Session | undefined {
  return session.calls?.linked.find((linked) => linked.peerId === peerId);
}

/** An offer went from one to the other: they have a call, and each is the other's counterpart [CA3]. */
export function link(one: Session, other: Session): void {
  linkOneWay(one, other);
  linkOneWay(other, one);
}

function linkOneWay(from: Session, to: Session): void {
  const calls = callsOf(from);
  calls.counterpart = to.peerId;
  const newest = calls.linked[calls.linked.length - 1];
  if (newest === to || calls.linked.includes(to)) return;
  const [oldest] = calls.linked;
  if (calls.linked.length >= CALL_COUNTERPARTS && oldest !== undefined) unlink(from, oldest);
  calls.linked.push(to);
}

export function unlink(one: Session, other: Session): void {
  drop(one.calls?.linked, other);
  drop(other.calls?.linked, one);
}

/** The call from `caller` that rings at `session`. */
export function ringFrom(session: Session, caller: Session): Ring | undefined {
  return session.calls?.rungBy.find((ring) => ring.caller === caller);
}

export function ringTo(caller: Session, userId: string): Ring | undefined {
  return caller.calls?.ringing.find((ring) => ring.userId === userId);
}

/** Lets a call ring at these sessions, and at no other. */
export function startRinging(ring: Ring, sessions: readonly Session[]): void {
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

export function stopRingingAt(ring: Ring, session: Session): void {
  drop(ring.sessions, session);
  drop(session.calls?.rungBy, ring);
  if (ring.sessions.length === 0) drop(ring.caller.calls?.ringing, ring);
}

/** @returns the sessions where it rang until now */
export function stopRinging(ring: Ring): readonly Session[] {
  const rang = [...ring.sessions];
  for (const session of rang) stopRingingAt(ring, session);
  return rang;
}

function drop<T>(list: T[] | undefined, item: T): void {
  const place = list?.indexOf(item) ?? -1;
  if (place >= 0) list?.splice(place, 1);
}
