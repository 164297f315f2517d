import { messageOf } from '../domain/errors.ts';
import { certificate } from './checks/certificate.ts';
import { clock } from './checks/clock.ts';
import { database } from './checks/database.ts';
import { descriptors } from './checks/descriptors.ts';
import { externalIp } from './checks/external-ip.ts';
import { forwarded } from './checks/forwarded.ts';
import { glibc } from './checks/glibc.ts';
import { here } from './checks/here.ts';
import { node } from './checks/node.ts';
import { origin } from './checks/origin.ts';
import { portRange } from './checks/port-range.ts';
import { publicUrl } from './checks/public-url.ts';
import { relaySettings } from './checks/relay-settings.ts';
import { server } from './checks/server.ts';
import { settings } from './checks/settings.ts';
import { space } from './checks/space.ts';
import { turn } from './checks/turn.ts';
import { turnSecret } from './checks/turn-secret.ts';
import { turnTcp, turnTls, turnUdp } from './checks/turn-transport.ts';
import { websocket } from './checks/websocket.ts';
import { createFacts } from './facts/create-facts.ts';
import type { Facts, FactsDeps } from './facts/facts.ts';
import { type Check, fail, type Line, statusOf, type Verdict } from './line.ts';

/** Everything that is examined, in the order of the report. The database comes last in time: see `examine`. */
export const CHECKS: readonly Check[] = [
  settings,
  relaySettings,
  node,
  glibc,
  descriptors,
  database,
  space,
  server,
  publicUrl,
  certificate,
  clock,
  here,
  websocket,
  forwarded,
  origin,
  turn,
  externalIp,
  portRange,
  turnSecret,
  turnUdp,
  turnTcp,
  turnTls,
];

/** Max milliseconds for all checks but the database's, which has a budget of its own. */
export const CHECKS_MS = 14_000;
/** Under this name the database keeps the last result: `{at, status, lines}`. */
const LAST_RESULT = 'doctor';

export interface Examination {
  readonly status: Exclude<Line['status'], 'skip'>;
  readonly lines: readonly Line[];
}

interface ExamineDeps extends FactsDeps {
  /** Called when a check is done. */
  readonly progress?: (done: number, all: number) => void;
}

/** Runs all checks within 25 s. Changes nothing but the last result in the database, if it can be written. */
export async function examine({ progress = () => {}, ...deps }: ExamineDeps): Promise<Examination> {
  const facts = createFacts(deps);
  let done = 0;
  const run = async (check: Check): Promise<Line> => {
    const verdict = await judge(check, facts);
    done += 1;
    progress(done, CHECKS.length);
    return { id: check.id, tried: check.tried, ...verdict };
  };
  const others = CHECKS.filter((check) => check !== database);
  const found = await Promise.all(others.map(run));
  await facts.close();
  // Last, because SQLite blocks this process while it reads, and the deadlines of the others would pass.
  found.push(await run(database));
  const lines = CHECKS.flatMap(({ id }) => found.find((line) => line.id === id) ?? []);
  const examination = { status: statusOf(lines), lines };
  const result = { at: new Date(deps.clock.now()).toISOString(), ...examination };
  deps.database.note(facts.settings.config.databasePath, LAST_RESULT, JSON.stringify(result));
  return examination;
}

/** Returns what a check says. One that throws or takes too long is a failure of its line only. */
async function judge(check: Check, facts: Facts): Promise<Verdict> {
  if (check === database) return attempt(check, facts);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    const verdict = fail(
      `no result within ${CHECKS_MS / 1_000} s`,
      'See whether this machine is overloaded, and run the doctor again.',
    );
    timer = setTimeout(() => resolve(verdict), CHECKS_MS);
  });
  return Promise.race([attempt(check, facts), late]).finally(() => clearTimeout(timer));
}

async function attempt(check: Check, facts: Facts): Promise<Verdict> {
  try {
    return await check.run(facts);
  } catch (thrown) {
    return fail(
      `the check itself failed: ${messageOf(thrown)}`,
      'This is a fault of Parley: please report it.',
    );
  }
}
