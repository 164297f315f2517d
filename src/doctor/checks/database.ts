import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Inspection } from '../../store/contract.ts';
import type { Facts } from '../facts/facts.ts';
import { type Check, fail, ok, skip, type Verdict } from '../line.ts';

/** Milliseconds for checking a large database. */
const BUDGET_MS = 8_000;

/** Opens the database for reading only, and checks all of it. */
export const database: Check = {
  id: 'database',
  tried: 'check the integrity of the database',
  async run(facts) {
    const { databasePath: path } = facts.settings.config;
    return judge(facts, path, await facts.database.inspect(path, BUDGET_MS));
  },
};

async function judge(facts: Facts, path: string, found: Inspection): Promise<Verdict> {
  const where = `${path} (DATABASE_PATH)`;
  switch (found.kind) {
    case 'missing':
      return missing(facts, where);
    case 'unreadable':
      if (found.code.startsWith('SQLITE_BUSY')) return skip(`${where} is locked by another program just now`);
      return unreadable(facts, path, found.message);
    case 'damaged':
      return fail(
        `${where} is damaged: ${found.message}`,
        'Stop Parley, keep a copy of the file, and put a backup in its place with `parley restore FILE`.',
      );
    case 'foreign':
      return fail(`${where} belongs to another program`, "Set DATABASE_PATH to a file of Parley's own.");
    case 'newer':
      return fail(
        `${where} is of version ${found.version}; this Parley knows versions up to ${found.latest}`,
        'Install the newer Parley again, or restore the backup from before the upgrade (DATABASE_PATH).',
      );
    case 'sound': {
      const size = `${Math.ceil(found.bytes / 1_048_576)} MiB`;
      const old = found.version < found.latest ? ', and will be upgraded at the next start' : '';
      return ok(
        `${where} is sound (${size}${found.isWhole ? '' : ', too large to check all of it here: `parley backup` does'})${old}`,
      );
    }
  }
}

async function missing({ server }: Facts, where: string): Promise<Verdict> {
  const { kind } = await server();
  if (kind !== 'parley' && kind !== 'unproven') {
    return skip(`there is no ${where} yet: the first start makes it`);
  }
  return fail(
    `there is no ${where}, although a server runs here`,
    "Run the doctor with the server's own DATABASE_PATH, such as from /etc/parley/parley.env.",
  );
}

function unreadable({ machine }: Facts, path: string, message: string): Verdict {
  const where = `${path} (DATABASE_PATH)`;
  const owner = ownerOf(path);
  if (owner !== undefined && machine.userId !== 0 && owner !== machine.userId) {
    return skip(
      `this user may not read ${where}: ${message}`,
      "Run the doctor as root or as the server's user, to have the database and TURN checked too.",
    );
  }
  return fail(
    `${where} can't be read: ${message}`,
    "Make DATABASE_PATH, and the folder that it is in, the server user's own, with mode 0600 and 0700.",
  );
}

/** The owner of the nearest thing on the path that shows one; undefined if none does. */
function ownerOf(path: string): number | undefined {
  for (let place = path; ; place = dirname(place)) {
    try {
      return statSync(place).uid;
    } catch {
      if (place === dirname(place)) return undefined;
    }
  }
}
