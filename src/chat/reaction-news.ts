import type { RoomId } from '../domain/ids.ts';
import type { Clock } from '../lib/clock.ts';
import { PacedSends } from '../lib/paced-sends.ts';
import { rateLimited } from '../lib/throttle.ts';
import type { RoomRecord } from '../rooms/rooms.ts';
import { type Answer, type Hub, tellAll } from '../signaling/hub.ts';
import type { StoredMessage } from '../store/contract.ts';
import { readersOf } from './readers.ts';

/** Max messages of one room whose new reactions wait to be told. */
export const UNTOLD_MESSAGES = 64;
/** Milliseconds that somebody who reacts beyond it should wait. */
const UNTOLD_PAUSE_MS = 1_000;

/** A message with the reactions that others don't know yet. */
interface Untold {
  readonly message: Pick<StoredMessage, 'id' | 'rootId' | 'reactions'>;
  /** Who knows them already: whose reaction was the last. */
  readonly answered: Answer['recipient'] | undefined;
  /** Its policy says who may hear of them [CH3]. */
  readonly room: RoomRecord;
}

interface ReactionNewsDeps {
  readonly clock: Clock;
  readonly liveRooms: Pick<Hub['liveRooms'], 'membersOf'>;
}

/**
 * Tells those inside of new reactions [CH2]: at once, but if much is told, only the newest of each message. All reactions of a
 * message are told with each new one, up to 20 KB to 50 people.
 */
export class ReactionNews {
  readonly #liveRooms: ReactionNewsDeps['liveRooms'];
  readonly #paced: PacedSends;
  /** By room, then by message, in the order in which they are told. */
  readonly #untold = new Map<string, Map<string, Untold>>();

  constructor({ clock, liveRooms }: ReactionNewsDeps) {
    this.#liveRooms = liveRooms;
    this.#paced = new PacedSends({ clock, sendNext: (roomId) => this.#tellNext(roomId) });
  }

  /** Call it before the reaction is stored. @throws ParleyError `rate_limited` beyond `UNTOLD_MESSAGES` */
  checkCount(roomId: RoomId, messageId: string): void {
    const untold = this.#untold.get(roomId);
    if (untold === undefined || untold.size < UNTOLD_MESSAGES || untold.has(messageId)) return;
    throw rateLimited('reactions', 'reactions in this room', UNTOLD_PAUSE_MS);
  }

  /** @param answer who has reacted, and is told by `answer` */
  tell(room: RoomRecord, message: Untold['message'], answer: Answer | undefined): void {
    let untold = this.#untold.get(room.id);
    if (untold === undefined) {
      untold = new Map();
      this.#untold.set(room.id, untold);
    }
    untold.set(message.id, { message, answered: answer?.recipient, room });
    this.#paced.request(room.id);
  }

  /** Tells who has reacted. */
  answer(roomId: RoomId, { id, reactions }: Untold['message'], answer: Answer | undefined): void {
    if (answer !== undefined) tellAll([], 'chat:reactions', { id, roomId, reactions }, { answer });
  }

  /** Call it when the room's policy is another: what waits is told to whoever may hear of it now. */
  changePolicy(room: RoomRecord): void {
    const untold = this.#untold.get(room.id);
    for (const [id, waiting] of untold ?? []) untold?.set(id, { ...waiting, room });
  }

  /** Call it when a message, or everything in the room, was deleted: its reactions are no news any more. */
  forget(roomId: RoomId, messageId?: string): void {
    if (messageId === undefined) this.#untold.delete(roomId);
    else this.#untold.get(roomId)?.delete(messageId);
  }

  /** Tells everything now. */
  flush(): void {
    this.#paced.flush();
  }

  close(): void {
    this.#paced.close();
  }

  #tellNext(roomId: string): number | undefined {
    const untold = this.#untold.get(roomId);
    const [next] = untold?.values() ?? [];
    if (untold === undefined || next === undefined) {
      this.#untold.delete(roomId);
      return undefined;
    }
    const { message, room, answered } = next;
    const { id, reactions } = message;
    untold.delete(id);
    const mayHear = readersOf(room, message);
    return tellAll(
      this.#liveRooms.membersOf(roomId),
      'chat:reactions',
      { id, roomId, reactions },
      { hears: (member) => member.recipient !== answered && mayHear(member) },
    );
  }
}
