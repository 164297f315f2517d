import * as v from 'valibot';
import { ParleyError } from '../../../src/domain/errors.ts';
import { createEvents } from '../../../src/domain/events.ts';
import type { Identity } from '../../../src/domain/identity.ts';
import { type Ids, type RoomId, randomIds, type UserId } from '../../../src/domain/ids.ts';
import { lend } from '../../../src/lib/borrowed.ts';
import { LimitHits } from '../../../src/lib/limit-hits.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { type CallEvent, serverEvents, type Welcome } from '../../../src/protocol/events.ts';
import { LIMIT_DEFAULTS, type Limits } from '../../../src/protocol/limits.ts';
import type { Admitted } from '../../../src/rooms/rooms.ts';
import {
  createHub,
  type Hub,
  type HubDeps,
  type Participant,
  type RoomFacts,
  SNAPSHOT_VERSION,
  type Snapshot,
} from '../../../src/signaling/hub.ts';
import type { Session } from '../../../src/signaling/session/session.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeSocket } from '../fakes/fake-socket.ts';
import { profile } from './accounts.ts';
import { NO_RIGHTS, PLAIN_ROOM } from './rooms.ts';

export const ROOM = '11111111-1111-4111-8111-111111111111' as RoomId;
export const OTHER_ROOM = '22222222-2222-4222-8222-222222222222' as RoomId;

/** The identity of a verified token. Default: good for an hour. */
export function identity(name: string, clock: FakeClock, more: Partial<Identity> = {}): Identity {
  return {
    userId: name as UserId,
    kind: 'guest',
    loginId: `login-${name}`,
    expiresAt: clock.now() + 3_600_000,
    role: null,
    claimedRole: more.role ?? null,
    room: null,
    ...more,
  };
}

export function room(id = ROOM, max = 8): RoomFacts & { ownerId: null } {
  return {
    ...PLAIN_ROOM,
    id,
    max,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

/** The answer to somebody who may enter, as an ordinary participant. */
export function admitted(id = ROOM): Admitted {
  return { room: room(id), ...NO_RIGHTS, mustKnock: false, asInside: null };
}

/** A session, and the fake wire to its client. */
export interface Person {
  readonly session: Session;
  readonly socket: FakeSocket;
  readonly welcome: Welcome;
}

export interface Stage {
  readonly clock: FakeClock;
  readonly hub: Hub;
  readonly limits: Limits;
  /** Domain events, such as `left <peerId>`. */
  readonly events: string[];
  connect(name: string, more?: Partial<Identity>): Person;
  resume(person: Person, name: string, lastSeq?: number): Person;
  /** Connects, and joins. Default: `ROOM`. */
  inside(name: string, roomId?: RoomId): Person;
}

/** Returns a person's participant. @throws Error if the person is in no room */
export function placeOf({ session }: Person): Participant {
  if (session.participant === undefined) throw new Error(`${session.userId} is in no room`);
  return session.participant;
}

/** Rows as the store gives them to the next process of this build. */
export function snapshotOf(rows: readonly string[], savedAt: number): Snapshot {
  return { schemaVersion: SNAPSHOT_VERSION, savedAt, rows };
}

/**
 * Sends a call message without an id.
 * @throws ParleyError what the server answers, if that is an error
 */
export function say(
  on: Stage,
  from: Person,
  event: CallEvent,
  payload: object,
  text = JSON.stringify(payload),
): void {
  const refused = (): number => [...on.hub.stats().refused.values()].reduce((sum, count) => sum + count, 0);
  const before = refused();
  from.session.receive(lend(Buffer.from(`{"event":"${event}","payload":${text}}`)));
  if (refused() === before) return;
  const { code, message } = v.parse(serverEvents.error, from.socket.newest?.payload);
  throw new ParleyError(code, message);
}

/** A hub whose clock only moves when the test moves it. */
export function stage(
  options: Partial<Omit<HubDeps, 'limits'>> & { limits?: Partial<Limits>; clock?: FakeClock } = {},
): Stage {
  const clock = options.clock ?? new FakeClock();
  const limits: Limits = { ...LIMIT_DEFAULTS, ...options.limits };
  const ids: Ids = options.ids ?? randomIds;
  const told: string[] = [];
  const events = createEvents({ log: options.log ?? silentLog });
  events.subscribe('peer.left', ({ peerId }) => told.push(`left ${peerId}`));
  events.subscribe('room.emptied', ({ roomId }) => told.push(`emptied ${roomId}`));
  const hub = createHub({
    log: silentLog,
    directCalls: 'on',
    memoryBytes: 2 ** 33,
    profileOf: (userId) => profile(userId, { username: null, displayName: userId }),
    handle() {
      throw new ParleyError('internal', 'nothing handles messages on this stage');
    },
    lastMessageIn: () => null,
    iceServers: () => ({ iceServers: [{ urls: 'stun:stun.test' }], expiresAt: Number.POSITIVE_INFINITY }),
    events,
    limitHits: new LimitHits(clock),
    ...options,
    clock,
    limits,
    ids,
  });
  const arrive = (who: Identity, resume?: { token: string; lastSeq: number }): Person => {
    const socket = new FakeSocket();
    const session = hub.connect({ identity: who, socket, resume });
    // Later frames stay on the wire until the test reads them.
    return { session, socket, welcome: socket.flush(1)[0]?.payload as Welcome };
  };
  const connect: Stage['connect'] = (name, more) => arrive(identity(name, clock, more));
  return {
    clock,
    hub,
    limits,
    events: told,
    connect,
    resume: ({ welcome, socket }, name, lastSeq = socket.lastSeq) =>
      arrive(identity(name, clock), { token: welcome.resumeToken, lastSeq }),
    inside(name, roomId = ROOM) {
      const person = connect(name);
      hub.enter(person.session, { room: room(roomId) });
      return person;
    },
  };
}
