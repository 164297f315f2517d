import type { ReadonlySignal } from '@preact/signals';
import type { Client, CreatedRoom, CreateRoomRequest, NextRoom, Room, RoomChange } from '../client/index.ts';
import type { SiteUser } from './embed/site-token.ts';

/** What calls need of the server. */
export interface RoomAccess {
  createRoom(request: CreateRoomRequest): Promise<CreatedRoom>;
  findRoom(roomId: string): Promise<Room>;
  updateRoom(roomId: string, change: RoomChange): Promise<Room>;
  /** Whom the token is for that the site has given which shows the page in a frame; null without one. */
  readonly site: ReadonlySignal<SiteUser | null>;
  /**
   * @param guestName what others call a guest, in the chat and while it waits; a person goes by the account's name
   * @param next as in the SDK's `ConnectOptions`
   */
  connect(guestName: string, next?: NextRoom): Promise<Client>;
}
