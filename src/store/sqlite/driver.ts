import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

/** An open SQLite file. */
export type Connection = BetterSqlite3.Database;

/** What better-sqlite3 13 is compiled against; Node has it since 22.14, and crashes in the first call without it. */
const NODE_API = 10;

/**
 * better-sqlite3 in the version that this Node can run.
 *
 * 13 runs on Node 22.14 and later, 12 on Node 20. On Node 24.19 and later 12 would abort the process when a statement
 * is collected as garbage (https://github.com/nodejs/node/issues/65446).
 */
export const Database: typeof BetterSqlite3 = createRequire(import.meta.url)(
  driverFor(process.versions['napi']),
);

/** @param nodeApi the version of Node-API that Node supports, as `process.versions.napi` has it */
export function driverFor(nodeApi: string | undefined): 'better-sqlite3' | 'better-sqlite3-12' {
  return Number(nodeApi) >= NODE_API ? 'better-sqlite3' : 'better-sqlite3-12';
}
