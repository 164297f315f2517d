import { rotateKeys } from '../accounts/keys.ts';
import { StartError } from '../domain/errors.ts';
import { randomIds } from '../domain/ids.ts';
import { systemClock } from '../lib/clock.ts';
import { ACCESS_TOKEN_MS } from '../protocol/limits.ts';
import { openStore } from '../store/sqlite/open.ts';
import { type Command, configOf, UsageError } from './command.ts';
import { print } from './terminal.ts';

/** Replaces the signing key [TK2], beside a running server or without one. */
export const command: Command = {
  help: `  parley keys rotate    sign with a new key from now on; tokens of the old one remain valid for their 15 minutes`,

  async run([action = '', ...rest], environment) {
    if (action !== 'rotate' || rest.length > 0)
      throw new UsageError(['keys', action, ...rest].join(' ').trim());
    const config = configOf(environment);
    if (config.jwtSecret !== undefined) {
      throw new StartError(
        'JWT_SECRET is set, so there are no keys to rotate: change the secret, or unset it.',
      );
    }
    const store = openStore(config.databasePath);
    try {
      const kid = await rotateKeys({ keys: store.keys, clock: systemClock, ids: randomIds });
      return print(
        `Tokens are signed with the key ${kid} from now on. Those of the key before verify for ` +
          `${ACCESS_TOKEN_MS / 60_000} minutes more.`,
      );
    } finally {
      store.close();
    }
  },
};
