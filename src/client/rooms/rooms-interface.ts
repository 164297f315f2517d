import type {
  Acting,
  Ban,
  CreatedInvitation,
  CreatedRoom,
  CreateRoomRequest,
  InvitationRequest,
  Page,
  PageQuery,
  PastCall,
  Room,
  RoomChange,
  RoomInvitation,
  TaggedRoom,
  WaitOptions,
} from '../types.ts';

/** Who is banned from a room; for its hosts. */
export interface RoomBans {
  /**
   * Resolves with everybody who is banned.
   * @throws ParleyClientError `room_not_found`, `forbidden`, `unauthorized`, `network`, `timeout`
   * @example
   * for (const { displayName, userId } of await rooms.bans.list(account, room.id)) addRow(displayName, userId);
   */
  list(account: Acting, roomId: string, options?: WaitOptions): Promise<readonly Ban[]>;
  /**
   * Lets a user in again.
   * @throws ParleyClientError `not_found` if that user isn't banned; `room_not_found`, `forbidden`, `unauthorized`,
   *   `network`, `timeout`
   * @example
   * await rooms.bans.lift(account, room.id, ban.userId);
   */
  lift(account: Acting, roomId: string, userId: string, options?: WaitOptions): Promise<void>;
}

/** Invitations to a room; for its hosts. */
export interface RoomInvitations {
  /**
   * Resolves with the room's invitations, without their secrets.
   * @throws ParleyClientError `room_not_found`, `forbidden`, `unauthorized`, `network`, `timeout`
   * @example
   * const open = (await rooms.invitations.list(account, room.id)).filter(({ uses, used }) => used < (uses ?? Infinity));
   */
  list(account: Acting, roomId: string, options?: WaitOptions): Promise<readonly RoomInvitation[]>;
  /**
   * Makes an invitation: a link that opens the room without its password.
   * @throws ParleyClientError `room_not_found`, `forbidden`, `validation_failed`, `rate_limited`, `unauthorized`,
   *   `network`, `timeout`
   * @example
   * const { url } = await rooms.invitations.create(account, room.id, { skipKnock: true, uses: 1 });
   */
  create(
    account: Acting,
    roomId: string,
    request?: InvitationRequest,
    options?: WaitOptions,
  ): Promise<CreatedInvitation>;
  /**
   * Makes an invitation worthless. Who has come by it keeps the rights that it gave.
   * @throws ParleyClientError `not_found`, `room_not_found`, `forbidden`, `unauthorized`, `network`, `timeout`
   * @example
   * await rooms.invitations.remove(account, room.id, invitation.id);
   */
  remove(account: Acting, roomId: string, invitationId: string, options?: WaitOptions): Promise<void>;
}

/** The server's rooms. */
export interface Rooms {
  /**
   * Resolves with a page of this account's own rooms and of those that are listed, each with the number of people inside.
   * @throws ParleyClientError `validation_failed`, `unauthorized`, `network`, `timeout`
   * @example
   * const { items, nextCursor } = await rooms.list(account, { limit: 20 });
   * const own = items.filter(({ ownerId }) => ownerId === account.user.id);
   */
  list(account: Acting, query?: PageQuery, options?: WaitOptions): Promise<Page<Room>>;
  /**
   * Resolves with a room's current state, without entering it.
   * @throws ParleyClientError `room_not_found`, `unauthorized`, `network`, `timeout`
   * @example
   * const { room, etag } = await rooms.get(account, roomId);
   */
  get(account: Acting, roomId: string, options?: WaitOptions): Promise<TaggedRoom>;
  /** As `createRoom`. */
  create(account: Acting, request?: CreateRoomRequest, options?: WaitOptions): Promise<CreatedRoom>;
  /**
   * Changes what is named and leaves the rest; for hosts. Everybody inside gets a `room` event.
   * @param options `ifMatch`: only if the room is still as it was when it had this `etag`
   * @throws ParleyClientError `precondition_failed` if it has changed; `no_relay` if the server has none for `relayOnly`;
   *   `validation_failed`, `room_not_found`, `forbidden`, `unauthorized`, `network`, `timeout`
   * @example
   * const { room, etag } = await rooms.get(account, roomId);
   * await rooms.update(account, roomId, { name: `${room.name} (moved)` }, { ifMatch: etag });
   */
  update(
    account: Acting,
    roomId: string,
    change: RoomChange,
    options?: WaitOptions & { readonly ifMatch?: string | undefined },
  ): Promise<TaggedRoom>;
  /**
   * Deletes a room and puts everybody out. Resolves with how many were inside.
   * @throws ParleyClientError `room_not_found`, `forbidden`, `unauthorized`, `network`, `timeout`
   * @example
   * const count = await rooms.remove(account, room.id);
   */
  remove(account: Acting, roomId: string, options?: WaitOptions): Promise<number>;
  /**
   * Resolves with a page of the room's past calls, the newest first, up to 90 days back; for hosts.
   * @throws ParleyClientError `room_not_found`, `forbidden`, `validation_failed`, `unauthorized`, `network`, `timeout`
   * @example
   * for (const { startedAt, participants } of (await rooms.calls(account, room.id)).items) addRow(startedAt, participants);
   */
  calls(account: Acting, roomId: string, query?: PageQuery, options?: WaitOptions): Promise<Page<PastCall>>;
  readonly bans: RoomBans;
  readonly invitations: RoomInvitations;
}
