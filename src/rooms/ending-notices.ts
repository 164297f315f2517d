import type { RoomId } from '../domain/ids.ts';
import { type Awaitable, andThen } from '../lib/awaitable.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import { createSlices } from '../lib/slices.ts';
import type { Hub } from '../signaling/hub.ts';
import type { ExpiryPlace, Store } from '../store/contract.ts';
import type { RoomRecord } from './recent-rooms.ts';

/** How long before a room ends those inside are told, in milliseconds, the longest first [CT6]. */
export const NOTICES_MS = [300_000, 60_000] as const;
/** Milliseconds between two looks at the clock, which may have been set. Between them, notices come on time. */
const CHECK_MS = 500;
/** Max rooms that one slice tells. */
const ROOMS_PER_SLICE = 100;
/** Max rooms of which it is remembered what they were told. Forgotten ones may be told again after a change. */
const TOLD_ROOMS = 20_000;

interface EndingNoticesDeps {
  readonly lists: Pick<Store['roomLists'], 'ended'>;
  readonly liveRooms: Pick<Hub['liveRooms'], 'membersOf'>;
  readonly clock: Clock;
}

type Ending = Pick<RoomRecord, 'id' | 'expiresAt' | 'endAtExpiry'>;

/** Tells those inside when their room will end. */
export interface EndingNotices {
  /** Call it when a room's settings have changed. If it ends in less than a notice's time, that notice is given at once. */
  check(room: Ending): void;
  /** @param savedAt the process before has given the notices up to here, in milliseconds since 1970 */
  restore(savedAt: number): void;
  /** Gives the notices that are due, and no more. Call it before sessions are saved. */
  settle(): Awaitable<void>;
  close(): void;
}

/** What a room was told last: until when it lasts, and how long before. */
interface Told {
  readonly atMs: number;
  readonly noticeMs: number;
}

export function createEndingNotices({ lists, liveRooms, clock }: EndingNoticesDeps): EndingNotices {
  const told = new BoundedMap<RoomId, Told>(TOLD_ROOMS);

  /** Never tells the same twice, nor the earlier notice after the later one. */
  function tell(roomId: RoomId, atMs: number, noticeMs: number): void {
    const members = liveRooms.membersOf(roomId);
    if (members.length === 0) return;
    const before = told.get(roomId);
    if (before?.atMs === atMs && before.noticeMs <= noticeMs) return;
    told.set(roomId, { atMs, noticeMs });
    for (const member of members) member.deliver('room:ending', { atMs });
  }

  /** @param nextMs how long before the end the next notice comes: whoever is late for this one gets that alone */
  function createNotice(noticeMs: number, nextMs: number) {
    const dueBy = (moment: number): number => moment + noticeMs;
    /** All rooms that end by then have been told. In a new process nobody is inside who wasn't. */
    let last = upTo(dueBy(clock.now()));

    function slice(): Awaitable<boolean> {
      const now = clock.now();
      const due = dueBy(now);
      // The clock was set back.
      if (last.expiresAt > due + 1) last = upTo(due);
      return andThen(lists.ended(last, due, ROOMS_PER_SLICE), (rooms) => {
        for (const { id, expiresAt } of rooms) {
          if (id !== '' && expiresAt > now + nextMs) tell(id, expiresAt, noticeMs);
        }
        const mayBeMore = rooms.length === ROOMS_PER_SLICE;
        last = (mayBeMore ? rooms.at(-1) : undefined) ?? upTo(due);
        return mayBeMore;
      });
    }

    const nextAfter = (moment: number): Awaitable<number | null> =>
      andThen(lists.ended(upTo(dueBy(moment)), dueBy(moment) + CHECK_MS, 1), ([next]) =>
        next === undefined ? null : next.expiresAt - noticeMs,
      );

    const slices = createSlices({ clock, everyMs: CHECK_MS, slice, nextAfter });
    return {
      noticeMs,
      nextMs,
      expect: (atMs: number) => slices.expect(atMs - noticeMs),
      restore(savedAt: number): void {
        last = upTo(dueBy(savedAt));
      },
      settle(): Awaitable<void> {
        slices.close();
        return andThen(slice(), () => {});
      },
      close: slices.close,
    };
  }

  const notices = NOTICES_MS.map((noticeMs, index) => createNotice(noticeMs, NOTICES_MS[index + 1] ?? 0));

  return {
    check({ id, expiresAt, endAtExpiry }) {
      if (!endAtExpiry || expiresAt === null) return;
      const atMs = Date.parse(expiresAt);
      const leftMs = atMs - clock.now();
      for (const notice of notices) {
        if (leftMs > notice.noticeMs) notice.expect(atMs);
        else if (leftMs > notice.nextMs) tell(id, atMs, notice.noticeMs);
      }
    },
    restore(savedAt) {
      for (const notice of notices) notice.restore(savedAt);
    },
    async settle() {
      for (const notice of notices) await notice.settle();
    },
    close() {
      for (const notice of notices) notice.close();
    },
  };
}

/** After all rooms that end by this moment. */
function upTo(moment: number): ExpiryPlace {
  return { expiresAt: moment + 1, id: '' };
}
