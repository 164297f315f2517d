import { CreateRoomReply, RoomReply } from '../protocol/bodies.ts';
import { send, withToken } from './http.ts';
import type { Account, CreatedRoom, CreateRoomRequest, Room } from './types.ts';

/**
 * Creates a room that this account owns.
 * @param request all fields are optional; `LIMITS` has their ranges, `emptySeconds` is 0–86,400
 * @throws ParleyClientError `validation_failed`, `forbidden`, `rate_limited`, `unauthorized`, `network`, `timeout`
 * @example
 * const { room, url } = await createRoom(account, { name: 'Tea', max: 4 });
 */
export function createRoom(account: Account, request: CreateRoomRequest = {}): Promise<CreatedRoom> {
  return withToken(account, (token) =>
    send(account.baseUrl, 'POST /rooms', CreateRoomReply, { token, body: request }),
  );
}

/**
 * Resolves with a room's current state, without entering it.
 * @throws ParleyClientError `room_not_found`, `unauthorized`, `network`, `timeout`
 * @example
 * const { name, participants, max } = await findRoom(account, roomId);
 */
export async function findRoom(account: Account, roomId: string): Promise<Room> {
  const { room } = await withToken(account, (token) =>
    send(account.baseUrl, 'GET /rooms/:roomId', RoomReply, { token, params: { roomId } }),
  );
  return room;
}
