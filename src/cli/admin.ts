import * as v from 'valibot';
import { registerAdmin } from '../accounts/admins.ts';
import { emailKeyOf } from '../accounts/email-key.ts';
import { profileOf } from '../accounts/profiles.ts';
import { makeResetToken } from '../accounts/resets.ts';
import { StartError } from '../domain/errors.ts';
import { randomIds } from '../domain/ids.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { createPasswords } from '../lib/passwords.ts';
import { Email } from '../protocol/fields.ts';
import type { WebhookType } from '../protocol/webhook-events.ts';
import type { Store } from '../store/contract.ts';
import { openStore, type SqliteStore } from '../store/sqlite/open.ts';
import { createOutbox } from '../webhooks/outbox.ts';
import { createTellingCredentials } from '../webhooks/telling-credentials.ts';
import { askPassword } from './ask-password.ts';
import { type Command, configOf, linkOrigin, UsageError } from './command.ts';
import { print } from './terminal.ts';

/** What the commands share with the server: its database. */
interface Beside {
  readonly store: SqliteStore;
  readonly email: string;
  readonly webhooks: ReturnType<typeof configOf>['webhooks'];
}

/** Makes admins and reset links, beside a running server or without one [TK7]. */
export const command: Command = {
  help: `  parley admin create EMAIL
      make an admin: of the account with this e-mail address, which keeps its password, or else of a
      new one, whose password is read from the terminal or from a line of standard input
  parley admin reset-link EMAIL
      print a link by which the account gets a new password, once, within 24 hours`,

  async run([action = '', address, ...rest], environment) {
    const run = action === 'create' ? create : action === 'reset-link' ? resetLink : undefined;
    if (run === undefined || rest.length > 0)
      throw new UsageError(['admin', action, ...rest].join(' ').trim());
    if (address === undefined) throw new StartError(`Whose? Try \`parley admin ${action} ada@example.org\`.`);
    const { success, output: email, issues } = v.safeParse(Email, address);
    if (!success) throw new StartError(`${JSON.stringify(address)} ${issues[0].message}.`);
    const config = configOf(environment);
    const store = openStore(config.databasePath);
    try {
      return await run({ store, email, webhooks: config.webhooks }, linkOrigin(config, config.port));
    } finally {
      store.close();
    }
  },
};

async function create({ store, email, webhooks }: Beside): Promise<number> {
  const { admins } = store;
  switch (admins.promote(emailKeyOf(email))) {
    case 'promoted':
      return print(`${email} is an admin now, with the same password as before.`);
    case 'before':
      return print(`${email} is an admin already. Its password is as before.`);
  }
  const password = await askPassword(email);
  const credentials = webhooks === undefined ? store.credentials : telling(store, webhooks.events);
  const made = { credentials, passwords: createPasswords(), clock: systemClock, ids: randomIds };
  await registerAdmin({ email, password }, made);
  return print(`${email} is an admin now.`);
}

/** [CT5] Endpoints are told of this account too; a running server sends it. */
function telling(store: SqliteStore, events: readonly WebhookType[]): Store['credentials'] {
  const outbox = createOutbox({
    store: store.webhooks,
    types: new Set(events),
    written: () => undefined,
    unique: randomIds.unique,
    clock: systemClock,
    log: silentLog,
  });
  return createTellingCredentials({ store, outbox, describe: profileOf });
}

async function resetLink({ store, email }: Beside, origin: string): Promise<number> {
  const account = store.credentials.findByEmail(emailKeyOf(email));
  if (account === undefined) {
    throw new StartError(`No account has the e-mail address ${email}. Check it, and DATABASE_PATH.`);
  }
  const token = await makeResetToken(account.userId, { ...store, clock: systemClock, ids: randomIds });
  return print(`${origin}/reset#token=${token}`);
}
