import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { StartError } from '../domain/errors.ts';
import { randomIds } from '../domain/ids.ts';
import { systemClock } from '../lib/clock.ts';
import { isoTime } from '../lib/iso-time.ts';
import { parseWebhookSecret } from '../lib/webhook-secrets.ts';
import type { WebhookDelivery } from '../store/contract.ts';
import { openStore, type SqliteStore } from '../store/sqlite/open.ts';
import { createAttempt } from '../webhooks/attempt.ts';
import { type Command, configOf, UsageError } from './command.ts';
import { complain, print } from './terminal.ts';

type Settings = NonNullable<ReturnType<typeof configOf>['webhooks']>;

const State = v.optional(v.picklist(['waiting', 'delivered', 'dropped']));
/** Deliveries that are listed by default. */
const LISTED = 20;

/** Shows and repairs what backends are told, beside a running server or without one [CT5]. */
export const command: Command = {
  help: `  parley webhooks ...   what happens to the events of WEBHOOK_URLS:
      list [--state waiting|delivered|dropped] [--limit N]
                        endpoints, and the newest deliveries (default 20)
      resend [ID]       send an event again to all endpoints; take stopped endpoints up again
      test              send a test event to each endpoint now, and print what it answers`,

  async run([action = '', ...rest], environment) {
    const run = ACTIONS.get(action);
    if (run === undefined) throw new UsageError(`webhooks ${action}`.trim());
    const config = configOf(environment);
    if (config.webhooks === undefined) {
      throw new StartError('WEBHOOK_URLS is not set. Set it, and WEBHOOK_SECRET, as for the server.');
    }
    const store = openStore(config.databasePath);
    try {
      return await run({ store, settings: config.webhooks }, rest);
    } finally {
      store.close();
    }
  },
};

interface Beside {
  readonly store: SqliteStore;
  readonly settings: Settings;
}

/** Returns the exit code. */
type Action = (beside: Beside, argv: readonly string[]) => number | Promise<number>;

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['list', list],
  ['resend', resend],
  ['test', test],
]);

function list({ store: { webhooks } }: Beside, argv: readonly string[]): number {
  const { values } = parseArgs({
    args: [...argv],
    options: { state: { type: 'string' }, limit: { type: 'string', default: String(LISTED) } },
  });
  const state = v.safeParse(State, values.state);
  const limit = Number(values.limit);
  if (!state.success)
    throw new StartError(`--state is ${values.state}: expected waiting, delivered or dropped`);
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw new StartError(`--limit is ${values.limit}: expected a whole number above 0`);
  }
  for (const { url, waiting, stoppedAt, stoppedBecause } of webhooks.endpoints()) {
    const stop = stoppedAt === null ? '' : `, stopped at ${isoTime(stoppedAt)} (${stoppedBecause})`;
    print(`${url}: ${waiting} waiting${stop}`);
  }
  for (const delivery of webhooks.list({ state: state.output, limit })) print(line(delivery));
  return 0;
}

function line({ id, createdAt, type, lane, state, tries, outcome, url }: WebhookDelivery): string {
  const tried = tries === 0 ? '' : ` after ${counted(tries, 'try', 'tries')}`;
  const last = outcome === null ? '' : `, last: ${outcome}`;
  return `${id}  ${isoTime(createdAt)}  ${type}  ${lane}  ${state}${tried}${last}  ${new URL(url).host}`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function resend({ store: { webhooks } }: Beside, [id, ...rest]: readonly string[]): number {
  if (rest.length > 0) throw new UsageError(['webhooks resend', id, ...rest].join(' '));
  const now = systemClock.now();
  const endpoints = id === undefined ? undefined : webhooks.resend(id, now);
  if (id !== undefined && endpoints === undefined) {
    throw new StartError(`There is no event ${id}. \`parley webhooks list\` shows the ids.`);
  }
  const restarted = webhooks.restart(now);
  if (restarted > 0) print(`Endpoints taken up again: ${restarted}.`);
  if (endpoints !== undefined)
    return print(`${id} will be sent to ${counted(endpoints, 'endpoint', 'endpoints')}.`);
  return print('A running server sends what waits within a second.');
}

async function test({ settings }: Beside, argv: readonly string[]): Promise<number> {
  if (argv.length > 0) throw new UsageError(['webhooks test', ...argv].join(' '));
  const secrets = settings.secrets.flatMap((secret) => parseWebhookSecret(secret) ?? []);
  const attempt = createAttempt({ fetch, secrets, clock: systemClock });
  const id = `msg_${randomIds.unique()}`;
  const body = JSON.stringify({ type: 'webhook.test', timestamp: isoTime(systemClock.now()), data: {} });
  let failures = 0;
  for (const url of settings.urls) {
    const { result, said } = await attempt({ url, id, body }, new AbortController().signal);
    if (result === 'delivered') print(`${url}: taken (${said})`);
    else {
      failures += 1;
      complain(`${url}: not taken (${said})`);
    }
  }
  return failures === 0 ? 0 : 1;
}
