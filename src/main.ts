#!/usr/bin/env -S node --single-threaded-gc --max-semi-space-size=4
import { parseArgs } from 'node:util';
import { rotateKeys, secretKeys } from './accounts/keys.ts';
import { mintToken } from './accounts/mint.ts';
import { serve } from './cli/serve.ts';
import { complain, ignoreClosedOutput, print, version } from './cli/terminal.ts';
import { type Config, readConfig } from './config/config.ts';
import { messageOf, StartError } from './domain/errors.ts';
import { randomIds } from './domain/ids.ts';
import { systemClock } from './lib/clock.ts';
import { ACCESS_TOKEN_MS } from './protocol/limits.ts';
import { openStore } from './store/sqlite/open.ts';

const HELP = `Parley: calls between browsers, peer to peer. Settings come from the environment; see the README.

  parley [serve]        serve the page, the API and the WebSocket (the default)
  parley load ...       simulate callers against a server; parley load --help
  parley keys rotate    sign with a new key from now on; tokens of the old one live out their 15 minutes
  parley token ...      make an access token with JWT_SECRET, as a backend would:
      --sub ID          whose it is (required)
      --name NAME       display name of a user who is new
      --role service    a backend that controls rooms
      --room UUID       opens this room without its password, and no other; with --admin to moderate it
      --minutes N       how long it lives (60)
  parley version
  parley help
`;

/** The command line was not understood. */
const USAGE_ERROR = 2;

process.exit(await main(process.argv.slice(2)));

/** @returns the exit code */
async function main([command = 'serve', ...rest]: string[]): Promise<number> {
  ignoreClosedOutput();
  // The clock's timers do not hold the process; this one does until the command is done.
  const alive = setInterval(() => {}, 60_000);
  try {
    switch (command) {
      case 'serve':
        return await serve(readConfig(process.env));
      case 'load':
        return await load(rest);
      case 'keys':
        return rest[0] === 'rotate'
          ? await rotate(readConfig(process.env))
          : misunderstood(`keys ${rest[0] ?? ''}`);
      case 'token':
        return await token(rest, readConfig(process.env));
      case 'version':
      case '--version':
        return print(version());
      case 'help':
      case '--help':
      case '-h':
        return print(HELP.trimEnd());
      default:
        return misunderstood(command);
    }
  } catch (thrown) {
    complain(isForPeople(thrown) || !(thrown instanceof Error) ? messageOf(thrown) : `${thrown.stack}`);
    return 1;
  } finally {
    clearInterval(alive);
  }
}

async function load(argv: readonly string[]): Promise<number> {
  const { runLoad } = await import('./cli/load.ts');
  return runLoad(argv, {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY,
    onInterrupt(stop) {
      process.once('SIGINT', stop);
      return () => process.off('SIGINT', stop);
    },
  });
}

async function rotate(config: Config): Promise<number> {
  if (config.jwtSecret !== undefined) {
    throw new StartError(
      'JWT_SECRET is set, so there are no keys to rotate: change the secret, or unset it.',
    );
  }
  const store = openStore(config.databasePath);
  try {
    const kid = await rotateKeys({ keys: store.keys, clock: systemClock, ids: randomIds });
    return print(
      `Tokens are signed with the key ${kid} from now on. Those of the key before verify for ${ACCESS_TOKEN_MS / 60_000} minutes more.`,
    );
  } finally {
    store.close();
  }
}

async function token(argv: string[], config: Config): Promise<number> {
  if (config.jwtSecret === undefined) {
    throw new StartError(
      'Set JWT_SECRET, the same as for the server. Without it only the server makes tokens.',
    );
  }
  const { values } = parseArgs({
    args: argv,
    options: {
      sub: { type: 'string' },
      name: { type: 'string' },
      role: { type: 'string' },
      room: { type: 'string' },
      admin: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '60' },
    },
  });
  const { sub, name, role, room, admin, minutes } = values;
  if (sub === undefined) throw new StartError('--sub is missing: whose token is it to be?');
  const lifetimeSeconds = Number(minutes) * 60;
  if (!(lifetimeSeconds > 0)) throw new StartError(`--minutes is ${minutes}: expected a number above 0`);
  const minted = await mintToken(
    { sub, name, role, room: room === undefined ? undefined : { id: room, admin } },
    {
      keys: await secretKeys(config.jwtSecret),
      issuer: config.jwtIssuer,
      audience: config.jwtAudience,
      now: systemClock.now(),
      lifetimeSeconds,
    },
  );
  return print(minted);
}

/** A message that says what to do; anything else is a fault of ours, shown with its stack. */
function isForPeople(thrown: unknown): boolean {
  if (thrown instanceof StartError) return true;
  return thrown instanceof TypeError && 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS');
}

/** The package's root is one folder up, from src and from dist alike. */
function misunderstood(command: string): number {
  complain(`parley knows no command "${command.trim()}"\n\n${HELP.trimEnd()}`);
  return USAGE_ERROR;
}
