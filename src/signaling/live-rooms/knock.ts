import type { KnockEvent } from '../../domain/events.ts';
import type { Identity, Profile } from '../../domain/identity.ts';
import type { RoomId, UserId } from '../../domain/ids.ts';
import { isoTime } from '../../lib/iso-time.ts';
import type { MediaState } from '../../protocol/fields.ts';
import type { KnockItem } from '../../protocol/knock-events.ts';
import type { Session } from '../session/session.ts';

/** What a knock is from its beginning to its end. */
export interface KnockFacts {
  readonly knockId: string;
  readonly roomId: RoomId;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** When nobody has answered: the clock's monotonic milliseconds [KN4]. */
  readonly until: number;
  /** The network address that it came from, for counting. */
  readonly network: string;
}

/** What the one who waits brings along. */
export interface Luggage {
  /** Any JSON. Default: null. */
  readonly userInfo?: unknown;
  /** Default: all off. */
  readonly media?: MediaState | undefined;
}

/** Who waits: a session, or a user whose knock came over HTTP. */
export type Waiter =
  | { readonly session: Session }
  | { readonly session?: undefined; readonly identity: Identity; readonly profile: Profile };

/** Somebody who waits to be let into a room [KN1]. */
export class Knock {
  readonly facts: KnockFacts;
  waiter: Waiter;
  luggage: Luggage;

  constructor(facts: KnockFacts, waiter: Waiter, luggage: Luggage) {
    this.facts = facts;
    this.waiter = waiter;
    this.luggage = luggage;
  }

  get knockId(): string {
    return this.facts.knockId;
  }

  get roomId(): RoomId {
    return this.facts.roomId;
  }

  get session(): Session | undefined {
    return this.waiter.session;
  }

  /** A session may have another token by now. */
  get identity(): Identity {
    return (this.waiter.session ?? this.waiter).identity;
  }

  get profile(): Profile {
    return (this.waiter.session ?? this.waiter).profile;
  }

  get userId(): UserId {
    return this.identity.userId;
  }

  /** As it is told beyond the room. */
  event(): KnockEvent {
    const { displayName } = this.describe();
    const { peerId } = this.session ?? {};
    return { roomId: this.roomId, userId: this.userId, ...(peerId && { peerId }), displayName };
  }

  /** How hosts see it [KN2]. */
  describe(): KnockItem {
    const { room } = this.identity;
    const { id, displayName, kind } = this.profile;
    // [TK4] A token for this room may bring a name for it.
    const nameHere = room?.id === this.roomId ? room.name : null;
    return {
      knockId: this.knockId,
      userId: id,
      displayName: nameHere ?? displayName,
      kind,
      since: isoTime(this.facts.since),
    };
  }
}
