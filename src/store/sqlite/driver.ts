import type BetterSqlite3 from 'better-sqlite3';
import { messageOf, StartError } from '../../domain/errors.ts';
import { loadPackage } from '../../lib/packages.ts';

/** An open SQLite file. */
export type Connection = BetterSqlite3.Database;
/** A prepared statement, by the values that it takes. */
export type Statement<Values extends unknown[]> = BetterSqlite3.Statement<Values>;

/** What better-sqlite3 13 is compiled against; Node has it since 22.14, and crashes in the first call without it. */
const NODE_API = 10;

/**
 * better-sqlite3 in the version that this Node can run.
 *
 * 13 runs on Node 22.14 and later, 12 on Node 20. On Node 24.19 and later 12 would abort the process when a statement
 * is collected as garbage (https://github.com/nodejs/node/issues/65446).
 *
 * Loaded at its first use: commands that open no database run without it.
 * @throws StartError at its first use, if it isn't installed
 */
export const Database = lazily(() => loadDriver(driverFor(process.versions['napi']), loadPackage));

/** @throws StartError if SQLite can't be loaded */
export function sqliteVersion(): string {
  const database = new Database(':memory:');
  try {
    return String(database.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    database.close();
  }
}

/** @param nodeApi the version of Node-API that Node supports, as `process.versions.napi` has it */
export function driverFor(nodeApi: string | undefined): 'better-sqlite3' | 'better-sqlite3-12' {
  return Number(nodeApi) >= NODE_API ? 'better-sqlite3' : 'better-sqlite3-12';
}

/** @throws StartError if the package isn't installed, or was not compiled for this Node */
export function loadDriver(name: string, load: (name: string) => unknown): typeof BetterSqlite3 {
  try {
    const driver = load(name);
    if (!isDriver(driver)) throw new Error(`${name} is not a driver`);
    return driver;
  } catch (error) {
    throw new StartError(
      `SQLite can't be loaded on Node ${process.versions.node}: ${messageOf(error).split('\n')[0]}\n` +
        'Run `npm ci` again, without --omit=optional and --ignore-scripts. On Node 20 it may need python3, make and g++.',
    );
  }
}

function isDriver(value: unknown): value is typeof BetterSqlite3 {
  return typeof value === 'function' && 'SqliteError' in value;
}

function lazily(load: () => typeof BetterSqlite3): typeof BetterSqlite3 {
  let loaded: typeof BetterSqlite3 | undefined;
  const driver = (): typeof BetterSqlite3 => {
    loaded ??= load();
    return loaded;
  };
  return new Proxy<typeof BetterSqlite3>(Constructor as never, {
    construct: (_target, values) => Reflect.construct(driver(), values),
    get: (_target, name) => Reflect.get(driver(), name),
  });
}

/** What a proxy of a constructor needs. */
function Constructor(): void {}
