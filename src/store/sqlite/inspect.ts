import { existsSync, readFileSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../../domain/errors.ts';
import type { Inspection } from '../contract.ts';
import { type Connection, Database } from './driver.ts';
import { MIGRATIONS } from './migrations.ts';

const LATEST = MIGRATIONS.length + 1;
/** Max bytes of a database that is checked at once, which blocks this process for a second at most. */
const AT_ONCE_BYTES = 256 * 1_048_576;
/** Max bytes of a database that is checked at all: a table of a larger one could take longer than anybody waits. */
const CHECKED_BYTES = 1_024 * 1_048_576;
/** Max milliseconds that reading waits for another connection. */
const BUSY_MS = 1_000;

/** Max bytes of a database that is read into memory. */
const IN_MEMORY_BYTES = 64 * 1_048_576;

/**
 * Opens a database for reading. If nobody uses it, SQLite would create its side files to read it, which fails on a full disk
 * and leaves them behind: a small one is read from memory then.
 */
function openForReading(path: string): Connection {
  const image = imageOf(path);
  if (image !== undefined) return new Database(image, { readonly: true });
  return new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
}

/** Returns the file's bytes; undefined if somebody uses it, or it is large. */
function imageOf(path: string): Buffer | undefined {
  const before = statSync(path);
  if (before.size > IN_MEMORY_BYTES || existsSync(`${path}-wal`)) return undefined;
  const bytes = readFileSync(path);
  const { size, mtimeMs } = statSync(path);
  if (size !== before.size || mtimeMs !== before.mtimeMs || existsSync(`${path}-wal`)) return undefined;
  // Bytes 18 and 19 say that there is a write-ahead log (sqlite.org/fileformat.html, 1.3.3), which memory can't have.
  if (bytes[18] === 2 && bytes[19] === 2) bytes.fill(1, 18, 20);
  return bytes;
}

/**
 * Checks a database as `PRAGMA integrity_check` does. Nothing is created or migrated, and a server that uses it isn't
 * held up: readers block nobody in WAL mode.
 * @param budgetMs after which the rest of a large database is left out
 */
export async function inspectDatabase(path: string, budgetMs: number): Promise<Inspection> {
  let database: Connection | undefined;
  try {
    const { size } = statSync(path);
    // SQLite creates the schema in an empty file.
    if (size === 0) return { kind: 'missing' };
    database = openForReading(path);
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > LATEST) return { kind: 'newer', version, latest: LATEST };
    const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
    if (version === 0) return isEmpty ? { kind: 'missing' } : { kind: 'foreign' };
    const found = await check(database, size, budgetMs);
    if (found.fault !== undefined) return { kind: 'damaged', message: found.fault };
    return { kind: 'sound', version, latest: LATEST, bytes: size, isWhole: found.isWhole };
  } catch (thrown) {
    return faultOf(thrown);
  } finally {
    database?.close();
  }
}

async function check(database: Connection, bytes: number, budgetMs: number) {
  if (bytes <= AT_ONCE_BYTES) return { fault: faultIn(database, 'integrity_check(1)'), isWhole: true };
  if (bytes > CHECKED_BYTES) return { fault: undefined, isWhole: false };
  const start = performance.now();
  const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck();
  for (const table of tables.all()) {
    if (performance.now() - start > budgetMs) return { fault: undefined, isWhole: false };
    const fault = faultIn(database, `quick_check('${table.replaceAll("'", "''")}')`);
    if (fault !== undefined) return { fault, isWhole: true };
    await nextTurn();
  }
  return { fault: undefined, isWhole: true };
}

function faultIn(database: Connection, pragma: string): string | undefined {
  const said = String(database.pragma(pragma, { simple: true }));
  return said === 'ok' ? undefined : said;
}

function faultOf(thrown: unknown): Inspection {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const message = messageOf(thrown);
  if (code === 'ENOENT') return { kind: 'missing' };
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return { kind: 'damaged', message };
  return { kind: 'unreadable', code, message };
}

/** Returns what the server keeps under this name; undefined if there is nothing, or it can't be read. Changes nothing. */
export function peekSetting(path: string, name: string): string | undefined {
  let database: Connection | undefined;
  try {
    database = openForReading(path);
    const get = database.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck();
    return get.get(name);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

/**
 * Keeps a value under this name, in one short write, if the database is there and of this version.
 * @returns whether it was written
 */
export function noteSetting(path: string, name: string, value: string): boolean {
  let database: Connection | undefined;
  try {
    database = new Database(path, { fileMustExist: true, timeout: BUSY_MS });
    if (Number(database.pragma('user_version', { simple: true })) !== LATEST) return false;
    database
      .prepare<[string, string]>(
        'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      )
      .run(name, value);
    return true;
  } catch {
    return false;
  } finally {
    database?.close();
  }
}
