import * as v from 'valibot';
import type { RoomId } from '../domain/ids.ts';
import { notACursor, readCursor, writeCursor } from '../lib/cursors.ts';
import { isoTime } from '../lib/iso-time.ts';
import type { LiveRoomItem, LiveRoomsReply } from '../protocol/admin-bodies.ts';
import { type Hub, type Participant, pathOf } from '../signaling/hub.ts';
import type { Rooms } from './rooms.ts';

/** Max peers of all rooms of a page together, which ends sooner then; more than one room has. */
export const PEERS_PER_PAGE = 1_000;

/** The rooms that have somebody inside, for admins [AD2]. */
export interface LiveList {
  /**
   * Returns a page, the rooms that opened first at the top [HT4]. A room in which somebody is all the while is on a page.
   * @throws ParleyError `validation_failed` for a cursor of another list
   */
  page(query: { readonly limit: number; readonly after?: string | undefined }): Promise<LiveRoomsReply>;
}

interface LiveListDeps {
  readonly rooms: Pick<Rooms, 'find'>;
  readonly liveRooms: Pick<Hub['liveRooms'], 'all' | 'countIn'>;
}

const Place = v.strictTuple([v.literal('live'), v.pipe(v.number(), v.finite())]);

export function createLiveList({ rooms, liveRooms }: LiveListDeps): LiveList {
  /** Reads what a page shows in one turn, and where the next page begins. */
  function read(after: number, limit: number) {
    const found: (Pick<LiveRoomItem, 'since' | 'peers'> & { roomId: RoomId; participants: number })[] = [];
    let last = after;
    let peers = 0;
    for (const { roomId, openedAt, members } of liveRooms.all(after)) {
      peers += members.length;
      if (found.length === limit || (peers > PEERS_PER_PAGE && found.length > 0))
        return { found, next: last };
      const since = Math.min(...members.map((member) => member.since));
      const participants = liveRooms.countIn(roomId);
      found.push({ roomId, participants, since: isoTime(since), peers: members.map(describe) });
      last = openedAt;
    }
    return { found, next: null };
  }

  return {
    async page({ limit, after }) {
      const { found, next } = read(after === undefined ? 0 : momentOf(after), limit);
      const items: LiveRoomItem[] = [];
      for (const { roomId, participants, since, peers } of found) {
        const record = await rooms.find(roomId);
        // One that is being removed has people inside for a moment more.
        if (record !== undefined) items.push({ room: { ...record, participants }, since, peers });
      }
      return { items, nextCursor: next === null ? null : writeCursor(['live', next]) };
    },
  };
}

function describe(member: Participant): LiveRoomItem['peers'][number] {
  return {
    peerId: member.peerId,
    userId: member.userId,
    displayName: member.displayName,
    state: member.recipient.isLive ? 'live' : 'suspended',
    since: isoTime(member.since),
    path: pathOf(member.recipient),
  };
}

function momentOf(cursor: string): number {
  const place = readCursor(Place, cursor);
  if (place === undefined) throw notACursor();
  return place[1];
}
