import type { RoomId } from '../domain/ids.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import type { ChatMessage } from '../protocol/chat-events.ts';
import type { User } from '../protocol/fields.ts';
import type { Room } from '../protocol/room-fields.ts';
import type { ChatBatch, ChatResult, RoomRow, Store, StoredMessage, UserRow } from '../store/contract.ts';
import type { Outbox } from './outbox.ts';
import type { People } from './people.ts';
import { createTellingCredentials } from './telling-credentials.ts';

interface TellingStoreDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly people: Pick<People, 'tellRoomEnd' | 'forget'>;
  /** What is stored as others see it. */
  readonly describe: {
    readonly room: (row: RoomRow) => Room;
    readonly message: (row: StoredMessage, text: string) => ChatMessage;
    readonly user: (row: UserRow) => User;
  };
}

/**
 * A store that writes a webhook event in the transaction of what it tells of [CT5], whoever makes the change. What isn't stored,
 * such as messages of rooms whose chat is `none`, isn't told.
 */
export function createTellingStore({ store, outbox, people, describe }: TellingStoreDeps): Store {
  const { rooms, chat, deletions } = store;

  function tellRoom(type: 'room.created' | 'room.updated', row: RoomRow | undefined): void {
    if (row !== undefined) outbox.tell(type, row.id, { roomId: row.id, room: describe.room(row) });
  }

  /** Removes rooms, and tells of each that all left, that its call ended, and that it closed. */
  function removing<Result>(
    findRows: () => Awaitable<readonly RoomRow[]>,
    remove: () => Awaitable<Result>,
    isDurable = false,
  ): Awaitable<Result> {
    let closed: readonly RoomRow[] = [];
    const removed = store.atomically(
      () =>
        andThen(findRows(), (rows) =>
          andThen(remove(), (result) => {
            closed = rows;
            for (const row of rows) tellClosed(row);
            return result;
          }),
        ),
      isDurable,
    );
    return andThen(removed, (result) => {
      for (const { id } of closed) people.forget(id);
      return result;
    });
  }

  function tellClosed(row: RoomRow): void {
    people.tellRoomEnd(row.id);
    outbox.tell('room.closed', row.id, {
      roomId: row.id,
      room: { ...describe.room(row), participants: 0 },
    });
  }

  function tellSaid({ writes }: ChatBatch, results: readonly ChatResult[]): void {
    for (const [index, write] of writes.entries()) {
      const result = results[index];
      if (write.kind !== 'say' || result === undefined || !('message' in result)) continue;
      const { roomId, message: text } = write.row;
      outbox.tell('chat.message', roomId, { roomId, message: describe.message(result.message, text) });
    }
  }

  return {
    ...store,
    rooms: {
      ...rooms,
      insert: (room, vanishesAt) =>
        store.atomically(() =>
          andThen(rooms.insert(room, vanishesAt), (isInserted) => {
            if (!isInserted) return false;
            return andThen(rooms.find(room.id), (row) => {
              tellRoom('room.created', row);
              return true;
            });
          }),
        ),
      edit: (id, edit) =>
        store.atomically(() =>
          andThen(rooms.edit(id, edit), (edited) => {
            if (typeof edited === 'object' && edited.before !== edited.after) {
              tellRoom('room.updated', edited.after);
            }
            return edited;
          }),
        ),
      setLocked: (id, locked) =>
        store.atomically(() =>
          andThen(rooms.find(id), (before) =>
            andThen(rooms.setLocked(id, locked), () => {
              if (before !== undefined && before.locked !== locked) {
                tellRoom('room.updated', { ...before, locked });
              }
            }),
          ),
        ),
      removeAll: (ids) =>
        removing(
          () => findAll(rooms, ids),
          () => rooms.removeAll(ids),
        ),
    },
    chat: {
      ...chat,
      write: (batch) =>
        store.atomically(
          () =>
            andThen(chat.write(batch), (results) => {
              tellSaid(batch, results);
              return results;
            }),
          batch.durable,
        ),
    },
    credentials: createTellingCredentials({ store, outbox, describe: describe.user }),
    deletions: {
      ...deletions,
      delete: (userId, times) =>
        removing(
          () => rooms.ownedBy(userId),
          () => deletions.delete(userId, times),
          true,
        ),
    },
  };
}

function findAll(rooms: Store['rooms'], ids: readonly RoomId[]): Awaitable<readonly RoomRow[]> {
  const found = ids.map((id) => rooms.find(id));
  if (found.some((row) => row instanceof Promise)) return Promise.all(found).then(present);
  return present(found as readonly (RoomRow | undefined)[]);
}

function present(rows: readonly (RoomRow | undefined)[]): readonly RoomRow[] {
  return rows.filter((row) => row !== undefined);
}
