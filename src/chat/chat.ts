import { ParleyError } from '../domain/errors.ts';
import type { Identity, Profile } from '../domain/identity.ts';
import type { Ids, RoomId, UserId } from '../domain/ids.ts';
import { noSuchRoom } from '../domain/refusals.ts';
import { grant, sendRights } from '../domain/room-rights.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/iso-time.ts';
import { createThrottle, perSecond, rateLimited } from '../lib/throttle.ts';
import type { HistoryQuery, HistoryReply } from '../protocol/chat-endpoints.ts';
import { type ChatMessage, MESSAGE_CHARACTERS, type Reactions } from '../protocol/chat-events.ts';
import type { Limits } from '../protocol/limits.ts';
import type { RoomRecord, Rooms } from '../rooms/rooms.ts';
import { type Hub, type Participant, tellAll } from '../signaling/hub.ts';
import type { ChatResult, ChatStore, StoredMessage } from '../store/contract.ts';
import { ChatWriter } from './chat-writer.ts';
import { type ChatRights, type Chatter, httpChatter, peerChatter } from './chatters.ts';
import { describeMessage, readHistory } from './history.ts';
import { MessageIds } from './message-ids.ts';
import { ReactionNews } from './reaction-news.ts';
import { floorOf, readersOf } from './readers.ts';
import { refuse } from './refusals.ts';

/** How long (ms) its author may edit a message [CH2]. */
export const EDITABLE_MS = 6 * 3_600_000;

/** Who acts: a peer, whose message `re` is answered by what all are told, or a user over HTTP. */
export type ChatActor =
  | { readonly participant: Participant; readonly re: number | undefined }
  | { readonly identity: Identity; readonly roomId: string };

/**
 * The chat of rooms [CH1]–[CH4]. A change is stored before its promise resolves and before anybody hears of it.
 * @throws ParleyError `room_not_found`; `forbidden` if the chat is off, or the actor may not do this; `not_found` for a
 *   message that isn't there or that the actor may not read; `too_large` over a limit; `rate_limited`
 *   over HTTP; `unavailable`
 */
export interface Chat {
  say(
    actor: ChatActor,
    message: { message: string; replyTo?: string | null | undefined },
  ): Promise<ChatMessage>;
  edit(actor: ChatActor, change: { id: string; message: string }): Promise<ChatMessage>;
  delete(actor: ChatActor, id: string): Promise<void>;
  react(
    actor: ChatActor,
    reaction: { id: string; emoji: string; on: boolean },
  ): Promise<{ id: string; reactions: Reactions }>;
  /** Removes all messages that were said until now. */
  clear(actor: ChatActor): Promise<void>;
  history(actor: ChatActor, query: HistoryQuery): Promise<HistoryReply>;
  /** Call it before those inside hear that the policy is another: nobody hears later what only the former one allowed. */
  changePolicy(room: RoomRecord): Awaitable<void>;
  /** Stores what waits. When it resolves, everything that came before is answered: for a drain. */
  settle(): Promise<void>;
  /** `said`: messages since the start, edits not counted. */
  stats(): { readonly said: number };
  close(): void;
}

interface ChatDeps {
  readonly store: ChatStore;
  readonly rooms: Pick<Rooms, 'find' | 'known' | 'rights' | 'noteLastMessage'>;
  readonly liveRooms: Pick<Hub['liveRooms'], 'membersOf' | 'isInside' | 'heldSince'>;
  readonly profileOf: (userId: UserId) => Profile;
  readonly clock: Clock;
  readonly ids: Ids;
  /** A user may change as much over HTTP, by all requests together, as one session may send. */
  readonly limits: Pick<Limits, 'messagesPerSecond' | 'messageBurst'>;
  /** Whether an acknowledged message must survive a power cut. */
  readonly durable: boolean;
}

export async function createChat(deps: ChatDeps): Promise<Chat> {
  const { store, rooms, liveRooms, clock, durable, limits } = deps;
  const changes = createThrottle({ clock, rate: perSecond(limits.messagesPerSecond, limits.messageBurst) });
  const idsUntil = await store.idsUntil();
  const ids = new MessageIds({ clock, ids: deps.ids, until: idsUntil });
  const writer = new ChatWriter({ store, ids, idsUntil, durable });
  const news = new ReactionNews(deps);
  let saidCount = 0;

  /** @throws ParleyError as `open`; `rate_limited` over HTTP: the messages of a session are counted as they come */
  function openToChange(actor: ChatActor): ReturnType<typeof open> {
    const retryAfterMs = 'identity' in actor ? changes.take(actor.identity.userId) : 0;
    if (retryAfterMs > 0) throw rateLimited('chat', 'messages', retryAfterMs);
    return open(actor);
  }

  /** @throws ParleyError `room_not_found`; `forbidden` if the chat is off */
  async function open(actor: ChatActor): Promise<{ room: RoomRecord; by: Chatter }> {
    const roomId = 'participant' in actor ? actor.participant.room.roomId : actor.roomId;
    const room = await rooms.find(roomId);
    if (room === undefined) throw noSuchRoom();
    const by =
      'participant' in actor
        ? peerChatter(actor.participant, actor.re)
        : httpChatter(actor.identity, room.id, await rightsOf(actor.identity, room.id), deps);
    if (!by.isInside && !by.isHost) throw refuse('outside');
    if (room.chat === 'off') throw refuse('chat_off');
    return { room, by };
  }

  /** Returns what somebody may do who comes by HTTP, whether a session of the same user is inside or not. */
  async function rightsOf(identity: Identity, roomId: RoomId): Promise<ChatRights> {
    const known = await rooms.known(roomId);
    if (known === undefined) throw noSuchRoom();
    const stored = await rooms.rights.of(known, identity.userId);
    return {
      host: await rooms.rights.runs(identity, known),
      send: sendRights(identity, grant(false, stored)),
    };
  }

  /** @throws ParleyError as `openToChange`; `forbidden` for whoever isn't inside, or may not write */
  async function openToWrite(actor: ChatActor): Promise<{ room: RoomRecord; by: Chatter }> {
    const opened = await openToChange(actor);
    if (!opened.by.isInside) throw refuse('outside');
    if (!opened.by.maySend) throw refuse('may_not_send');
    return opened;
  }

  /** Returns the changed message. @throws ParleyError if the store refused the change */
  function changed(result: ChatResult | undefined): { message: StoredMessage; changed: boolean } {
    if (result?.refusal !== undefined) throw refuse(result.refusal);
    if (result === undefined || !('message' in result)) throw new TypeError('no message came of a change');
    return result;
  }

  /** Tells a message that isn't stored. Its turn is that of any other, so that all hear both in one order. */
  function pass(by: Chatter, message: ChatMessage): Promise<ChatMessage> {
    return writer.submit(undefined, () => {
      saidCount += 1;
      tellAll(liveRooms.membersOf(by.roomId), 'chat', message, { answer: by.answer });
      return message;
    });
  }

  return {
    async say(actor, { message, replyTo }) {
      const { room, by } = await openToWrite(actor);
      checkLength(message);
      const { roomId, userId, peerId, displayName } = by;
      const createdAt = clock.now();
      if (room.chat === 'none') {
        if (typeof replyTo === 'string') throw refuse('not_found');
        const about = { id: ids.next(), roomId, userId, peerId, displayName, message };
        return pass(by, { ...about, createdAt: isoTime(createdAt), version: 1 });
      }
      const about = { roomId, id: ids.next(), userId, peerId, displayName, message };
      const row = { ...about, replyTo: replyTo ?? null, createdAt };
      return writer.submit({ kind: 'say', row, above: floorOf(room, by) }, (result) => {
        const stored = changed(result).message;
        saidCount += 1;
        rooms.noteLastMessage(roomId, stored.id);
        const said = describeMessage(stored, message);
        tellAll(liveRooms.membersOf(roomId), 'chat', said, {
          hears: readersOf(room, stored),
          answer: by.answer,
        });
        return said;
      });
    },

    async edit(actor, { id, message }) {
      const { room, by } = await openToWrite(actor);
      checkLength(message);
      const { roomId, userId } = by;
      const at = clock.now();
      const change = { roomId, id, userId, message, at, since: at - EDITABLE_MS, above: floorOf(room, by) };
      return writer.submit({ kind: 'edit', ...change }, (result) => {
        const stored = changed(result).message;
        const { version } = stored;
        const edited = { id, roomId, message, editedAt: isoTime(at), version };
        tellAll(liveRooms.membersOf(roomId), 'chat:edited', edited, {
          hears: readersOf(room, stored),
          answer: by.answer,
        });
        return describeMessage(stored, message);
      });
    },

    async delete(actor, id) {
      const { room, by } = await openToChange(actor);
      const { roomId } = by;
      const above = floorOf(room, by);
      const userId = by.isHost ? null : by.userId;
      await writer.submit({ kind: 'delete', roomId, id, userId, above, at: clock.now() }, (result) => {
        changed(result);
        news.forget(roomId, id);
        tellAll(liveRooms.membersOf(roomId), 'chat:deleted', { id, roomId }, { answer: by.answer });
      });
    },

    async react(actor, { id, emoji, on }) {
      const { room, by } = await openToWrite(actor);
      const { roomId, userId } = by;
      news.checkCount(roomId, id);
      const reaction = { roomId, id, userId, emoji, on, above: floorOf(room, by) };
      return writer.submit({ kind: 'react', ...reaction }, (result) => {
        const { message, changed: isNew } = changed(result);
        const { reactions } = message;
        news.answer(roomId, message, by.answer);
        if (isNew) news.tell(room, message, by.answer);
        return { id, reactions };
      });
    },

    async clear(actor) {
      const { room, by } = await open(actor);
      if (!by.isHost) throw refuse('hosts_only');
      const { roomId } = by;
      const newest = ids.next();
      await writer.submit({ kind: 'clear', roomId }, (result) => {
        rooms.noteLastMessage(roomId, null);
        news.forget(roomId);
        // What isn't stored goes from the screens all the same.
        const stored = result !== undefined && 'upTo' in result ? result.upTo : null;
        const upTo = room.chat === 'none' ? newest : (stored ?? newest);
        tellAll(liveRooms.membersOf(roomId), 'chat:cleared', { roomId, upTo }, { answer: by.answer });
      });
    },

    async history(actor, query) {
      const { room, by } = await open(actor);
      if (room.chat === 'none') return { items: [], nextCursor: null };
      return readHistory(store, room.id, query, floorOf(room, by));
    },

    changePolicy: (room) => andThen(writer.flush(), () => news.changePolicy(room)),

    stats: () => ({ said: saidCount }),
    async settle() {
      await writer.settle();
      news.flush();
    },

    close: () => news.close(),
  };
}

/** @throws ParleyError `too_large` */
function checkLength(message: string): void {
  if (message.length <= MESSAGE_CHARACTERS || [...message].length <= MESSAGE_CHARACTERS) return;
  throw new ParleyError(
    'too_large',
    `A message may have at most ${MESSAGE_CHARACTERS} characters. Send it in parts.`,
  );
}
