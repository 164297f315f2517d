import type { LeaveReason } from '../protocol/events.ts';
import type { PeerId, RoomId, UserId } from './ids.ts';

/**
 * What has happened, for parts that the publisher doesn't know. `subscriptions.ts` subscribes them, all in one place. An event
 * is named after a fact. Events without a subscriber don't belong here.
 */
export interface DomainEvents {
  /** This server's relay ended and was replaced: its allocations are gone. */
  'relay.restarted': Readonly<Record<string, never>>;
  /** A login was ended: its access tokens, sessions and TURN credentials are invalid from now on. */
  'login.ended': { readonly loginId: string; readonly userId: UserId };
  /** The user for whom a place was held in a room has come in as this peer [RM8]. */
  'place.taken': { readonly placeId: PeerId; readonly peerId: PeerId };
  /** A place is held no longer, and nobody has taken it. */
  'place.ended': { readonly placeId: PeerId };
  /** A peer has come into a room. */
  'peer.joined': {
    readonly peerId: PeerId;
    readonly roomId: RoomId;
    readonly userId: UserId;
    readonly displayName: string | null;
  };
  /** A peer left its room, or its session ended outside of one: then `roomId` is null. */
  'peer.left': {
    readonly peerId: PeerId;
    readonly roomId: RoomId | null;
    readonly userId: UserId;
    readonly displayName: string | null;
    readonly reason: LeaveReason;
  };
  /**
   * The last peer left a room, or the last user who was expected is expected no longer. Not published if the same user's new
   * peer takes the place at once [RM8].
   */
  'room.emptied': { readonly roomId: RoomId };
  /** Two are inside a room, suspended ones count. */
  'call.started': {
    readonly roomId: RoomId;
    readonly callId: string;
    readonly startedAt: number;
    readonly participants: number;
  };
  /** Fewer than two are inside. */
  'call.ended': {
    readonly roomId: RoomId;
    readonly callId: string;
    readonly endedAt: number;
    readonly participants: number;
  };
  /** Somebody waits to be let in [KN1]. */
  'knock.began': KnockEvent;
  /** Somebody who waited is let in, and comes in next. */
  'knock.admitted': KnockEvent;
  /** A wait ended otherwise than by who waited. `reason`: `refused` by a host, `timeout`, or the code of the refusal. */
  'knock.refused': KnockEvent & { readonly reason: string };
  /** A user's stored kind, role or profile is another: whoever holds one of these reads it again. */
  'user.changed': { readonly userId: UserId };
  /** A guest whose last login has expired is gone. Its rooms go as those that are left. */
  'user.expired': { readonly userId: UserId };
  /** A user is gone, with its logins and rooms: its tokens and sessions are invalid from now on. */
  'user.deleted': { readonly userId: UserId; readonly roomIds: readonly RoomId[] };
}
/** Without `peerId`: it came over HTTP. */
export interface KnockEvent {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly peerId?: PeerId | undefined;
  readonly displayName: string | null;
}
export type DomainEvent = keyof DomainEvents;
type Subscriber<E extends DomainEvent> = (event: DomainEvents[E]) => void;

export interface Publisher {
  /** Calls all subscribers before it returns. Never throws. */
  publish<E extends DomainEvent>(name: E, event: DomainEvents[E]): void;
}

export interface Events extends Publisher {
  /** Subscribers are called in the order in which they subscribed. */
  subscribe<E extends DomainEvent>(name: E, subscriber: Subscriber<E>): void;
}

interface EventsDeps {
  readonly log: { error(message: string, fields: Readonly<Record<string, unknown>>): void };
}

/** Logs a subscriber that throws or rejects; the publisher and the other subscribers don't notice. */
export function createEvents({ log }: EventsDeps): Events {
  const subscribers: { readonly [E in DomainEvent]: Subscriber<E>[] } = {
    'relay.restarted': [],
    'login.ended': [],
    'place.taken': [],
    'place.ended': [],
    'peer.joined': [],
    'peer.left': [],
    'room.emptied': [],
    'call.started': [],
    'call.ended': [],
    'knock.began': [],
    'knock.admitted': [],
    'knock.refused': [],
    'user.changed': [],
    'user.expired': [],
    'user.deleted': [],
  };
  function logFailure(name: DomainEvent, event: object, error: unknown): void {
    log.error('a subscriber to a domain event failed', { event: name, ...event, error });
  }

  return {
    publish(name, event) {
      for (const subscriber of subscribers[name]) {
        try {
          const outcome: unknown = subscriber(event);
          if (outcome instanceof Promise) outcome.catch((error) => logFailure(name, event, error));
        } catch (error) {
          logFailure(name, event, error);
        }
      }
    },
    subscribe(name, subscriber) {
      subscribers[name].push(subscriber);
    },
  };
}
