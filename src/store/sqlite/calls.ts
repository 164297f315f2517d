import type { RoomId } from '../../domain/ids.ts';
import type {
  CallPageRequest,
  CallPerson,
  CallPlace,
  CallRow,
  CallStore,
  CallWithPeople,
  PastCallRow,
} from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

/** Every statement finds its rows by an index. A test reads the query plans. */
export const CALL_SQL = {
  ongoing: `SELECT id, room_id AS roomId, started_at AS startedAt, ended_at AS endedAt, peak FROM calls
    WHERE ended_at IS NULL`,
  page: `SELECT id, room_id AS roomId, started_at AS startedAt, ended_at AS endedAt, peak FROM calls
    WHERE room_id = :roomId AND (started_at, id) < (:startedAt, :id) AND ended_at > :endedAfter
    ORDER BY started_at DESC, id DESC LIMIT :limit`,
  people: `SELECT user_id AS userId, display_name AS displayName, inside_ms AS insideMs, inside_since AS insideSince
    FROM call_participants WHERE call_id = ?`,
  removeEnded: 'DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE ended_at <= ? LIMIT ?)',
  trim: `DELETE FROM calls WHERE id IN (
    SELECT id FROM calls WHERE room_id = ? ORDER BY started_at DESC, id DESC LIMIT -1 OFFSET ?)`,
} as const;

/** The row of `settings` that says when the calls that go on were seen last. */
const ALIVE = 'calls-alive-at';
/** Before the newest call. */
const BEGINNING = { startedAt: Number.MAX_SAFE_INTEGER, id: '' } as const;

type Page = CallPlace & Pick<CallPageRequest, 'limit' | 'endedAfter'> & { readonly roomId: string };

export function createCallStore(database: Connection, { now, soon }: Batch) {
  const saveCall = database.prepare<[CallRow]>(
    `INSERT INTO calls (id, room_id, started_at, ended_at, peak)
     SELECT :id, :roomId, :startedAt, :endedAt, :peak WHERE EXISTS (SELECT 1 FROM rooms WHERE id = :roomId)
     ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, peak = excluded.peak`,
  );
  const savePerson = database.prepare<[CallPerson & { callId: string }]>(
    `INSERT INTO call_participants (call_id, user_id, display_name, inside_ms, inside_since)
     SELECT :callId, :userId, :displayName, :insideMs, :insideSince
     WHERE EXISTS (SELECT 1 FROM calls WHERE id = :callId) AND EXISTS (SELECT 1 FROM users WHERE id = :userId)
     ON CONFLICT (call_id, user_id) DO UPDATE SET display_name = excluded.display_name,
       inside_ms = excluded.inside_ms, inside_since = excluded.inside_since`,
  );
  const writeAlive = database.prepare<[string, string]>(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const readAlive = database.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck();
  const ongoing = database.prepare<[], CallRow>(CALL_SQL.ongoing);
  const page = database.prepare<[Page], Omit<PastCallRow, 'people'>>(CALL_SQL.page);
  const peopleOf = database.prepare<[string], CallPerson>(CALL_SQL.people);
  const removeEnded = database.prepare<[number, number]>(CALL_SQL.removeEnded);
  const trim = database.prepare<[string, number]>(CALL_SQL.trim);

  return {
    save(call: CallRow, people: readonly CallPerson[]): void {
      soon(() => {
        saveCall.run(call);
        for (const person of people) savePerson.run({ ...person, callId: call.id });
      });
    },
    noteAlive(at: number): void {
      soon(() => writeAlive.run(ALIVE, String(at)));
    },
    lastAlive(): number | undefined {
      const value = readAlive.get(ALIVE);
      return value === undefined ? undefined : Number(value);
    },
    ongoing: (): CallWithPeople[] =>
      ongoing.all().map((call) => ({ ...call, people: peopleOf.all(call.id) })),
    page(roomId: RoomId, { after, people: most, limit, endedAfter }: CallPageRequest): PastCallRow[] {
      const found: PastCallRow[] = [];
      let count = 0;
      for (const call of page.all({ limit, endedAfter, ...(after ?? BEGINNING), roomId })) {
        const people = peopleOf.all(call.id);
        found.push({ ...call, people });
        count += people.length;
        if (count > most) break;
      }
      return found;
    },
    removeEnded: now((until: number, max: number): number => removeEnded.run(until, max).changes),
    trim(roomId: RoomId, most: number): void {
      soon(() => trim.run(roomId, most));
    },
  } satisfies CallStore;
}
