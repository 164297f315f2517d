import * as v from 'valibot';
import type { PeerId, RoomId, UserId } from '../../domain/ids.ts';
import { MediaState, User, UserIdField, UserKind, Uuid } from '../../protocol/fields.ts';
import { SendRights } from '../../protocol/room-fields.ts';
import type { Calls, Ring } from '../calls/call-end.ts';
import { callsOf, startRinging } from '../calls/links.ts';
import type { Knock } from '../live-rooms/knock.ts';
import type { Participant } from '../live-rooms/participant.ts';
import { Outbox } from '../session/outbox.ts';
import type { Registry } from '../session/registry.ts';
import { Session, type SessionContext } from '../session/session.ts';
import { SavedKnock, saveKnock } from './saved-knocks.ts';
import { migrateRow } from './snapshot-versions.ts';

const AsPeerId = v.pipe(
  Uuid,
  v.transform((id) => id as PeerId),
);
const AsRoomId = v.pipe(
  Uuid,
  v.transform((id) => id as RoomId),
);
const AsUserId = v.pipe(
  UserIdField,
  v.transform((id) => id as UserId),
);
const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const SavedIdentity = v.object({
  userId: AsUserId,
  kind: UserKind,
  loginId: v.nullable(v.string()),
  expiresAt: v.number(),
  role: v.nullable(v.string()),
  claimedRole: v.nullable(v.string()),
  room: v.nullable(
    v.object({
      id: AsRoomId,
      admin: v.boolean(),
      name: v.nullable(v.string()),
      send: v.nullable(SendRights),
      skipKnock: v.boolean(),
      // The servers that didn't write it had no use for it.
      issuedAt: v.optional(v.nullable(v.number()), null),
    }),
  ),
});

export const SavedProfile = v.object({
  ...User.entries,
  customStatus: v.optional(User.entries.customStatus, null),
  id: AsUserId,
});

const SavedCalls = v.object({
  counterpart: v.nullable(v.union([v.object({ peerId: AsPeerId }), v.object({ userId: v.string() })])),
  linked: v.array(v.string()),
  ringing: v.array(v.object({ userId: v.string(), sessions: v.array(v.string()) })),
});
type SavedCalls = v.InferOutput<typeof SavedCalls>;

/** One session; `snapshot-versions.ts` has the version of this form. It holds durations where it can, because the next process has another monotonic clock. */
const SavedSession = v.object({
  peerId: AsPeerId,
  // The servers that didn't write it had no use for it.
  beganAt: v.optional(v.number()),
  identity: SavedIdentity,
  profile: SavedProfile,
  lastId: Whole,
  /** Milliseconds that its resume window has left. */
  remainingMs: v.number(),
  resumeKey: v.string(),
  previousResumeKey: v.nullable(v.string()),
  lastSeq: Whole,
  kept: v.array(v.string()),
  /** `index`: how many participants came before it. `iceRenewAt`: null if there is nothing to renew. */
  place: v.nullable(
    v.object({
      roomId: AsRoomId,
      index: Whole,
      userInfo: v.unknown(),
      media: MediaState,
      granted: v.object({
        isOwner: v.boolean(),
        host: v.nullable(v.boolean()),
        send: v.nullable(SendRights),
      }),
      /** Null: its user's. */
      ownName: v.nullable(v.string()),
      /** Null: the hand is down. */
      raisedAt: v.nullable(v.number()),
      chatSince: v.string(),
      // The servers that didn't write it had no use for it.
      since: v.optional(v.number()),
      iceRenewAt: v.nullable(v.number()),
    }),
  ),
  knock: v.optional(SavedKnock, null),
  calls: v.nullable(SavedCalls),
});
export type SavedSession = v.InferOutput<typeof SavedSession>;

/**
 * @returns a row of JSON text
 * @param knock of the session, if it waits to be let into a room
 * @param now the clock's monotonic milliseconds
 */
export function saveSession(session: Session, knock: Knock | undefined, now: number): string {
  const { life, participant, calls, outbox } = session;
  const { lastSeq, kept } = outbox.save();
  const saved: SavedSession = {
    peerId: session.peerId,
    beganAt: session.beganAt,
    identity: session.identity,
    profile: session.profile,
    lastId: session.lastId,
    remainingMs: life.state === 'suspended' ? life.until - now : 0,
    resumeKey: session.resumeKey,
    previousResumeKey: session.previousResumeKey ?? null,
    lastSeq,
    kept: [...kept],
    place: participant ? savePlace(participant) : null,
    knock: saveKnock(knock, now),
    calls: calls ? saveCalls(calls) : null,
  };
  return JSON.stringify(saved);
}

function savePlace(participant: Participant): SavedSession['place'] {
  const { room, userInfo, media, granted, ownName, raisedAt, chatSince, since, iceRenewAt } = participant;
  return {
    roomId: room.roomId,
    index: room.members.indexOf(participant),
    userInfo,
    media,
    granted,
    ownName: ownName ?? null,
    raisedAt: raisedAt ?? null,
    chatSince,
    since,
    iceRenewAt: Number.isFinite(iceRenewAt) ? iceRenewAt : null,
  };
}

function saveCalls({ counterpart, linked, ringing }: Calls): SavedCalls {
  return {
    counterpart: saveCounterpart(counterpart),
    linked: linked.map(({ peerId }) => peerId),
    ringing: ringing.map(({ userId, sessions }) => ({
      userId,
      sessions: sessions.map(({ peerId }) => peerId),
    })),
  };
}

function saveCounterpart(counterpart: PeerId | Ring | undefined): SavedCalls['counterpart'] {
  if (counterpart === undefined) return null;
  return typeof counterpart === 'string' ? { peerId: counterpart } : { userId: counterpart.userId };
}

/**
 * @param version of the build that wrote the row
 * @returns undefined for text that `saveSession` didn't write
 */
export function parseSaved(row: string, version: number): SavedSession | undefined {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), row);
  if (!json.success) return undefined;
  const saved = v.safeParse(SavedSession, migrateRow(json.output, version));
  return saved.success ? saved.output : undefined;
}

/** @returns the session, suspended. @param until when its window ends, in the clock's monotonic milliseconds */
export function revive(saved: SavedSession, until: number, context: SessionContext): Session {
  const session = new Session(
    saved.peerId,
    saved.identity,
    saved.profile,
    { state: 'suspended', until },
    context,
    Outbox.restore(saved, context.chunks),
    saved.lastId,
  );
  session.resumeKey = saved.resumeKey;
  session.previousResumeKey = saved.previousResumeKey ?? undefined;
  return session;
}

/** Restores calls and ringing calls. Call it when all sessions are registered again. */
export function restoreCalls(saved: readonly SavedSession[], registry: Registry): void {
  const found = (peerIds: readonly string[]): Session[] =>
    peerIds.flatMap((peerId) => registry.byPeer(peerId) ?? []);
  for (const { peerId, calls } of saved) {
    const session = registry.byPeer(peerId);
    if (session === undefined || calls === null) continue;
    callsOf(session).linked = found(calls.linked);
    for (const { userId, sessions } of calls.ringing) {
      startRinging({ caller: session, userId, sessions: [] }, found(sessions));
    }
  }
  for (const { peerId, calls } of saved) {
    const session = registry.byPeer(peerId);
    if (session === undefined || calls?.counterpart == null) continue;
    callsOf(session).counterpart = restoreCounterpart(session, calls.counterpart);
  }
}

function restoreCounterpart(
  session: Session,
  saved: NonNullable<SavedCalls['counterpart']>,
): PeerId | Ring | undefined {
  if ('peerId' in saved) return saved.peerId;
  return session.calls?.ringing.find(({ userId }) => userId === saved.userId);
}
