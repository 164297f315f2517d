#!/usr/bin/env -S node --single-threaded-gc --max-semi-space-size=4
import { type Command, UsageError } from './cli/command.ts';
import { complain, ignoreClosedOutput, print } from './cli/terminal.ts';
import { stateFolder } from './config/state-folder.ts';
import { messageOf, ParleyError, StartError } from './domain/errors.ts';
import { keepAddonsIn } from './lib/addons.ts';

/** Loaded on demand, because the load tool alone is as large as the server. */
const COMMANDS: ReadonlyMap<string, () => Promise<{ readonly command: Command }>> = new Map([
  ['serve', () => import('./cli/serve.ts')],
  ['load', () => import('./cli/load.ts')],
  ['admin', () => import('./cli/admin.ts')],
  ['keys', () => import('./cli/keys.ts')],
  ['webhooks', () => import('./cli/webhooks.ts')],
  ['token', () => import('./cli/token.ts')],
  ['backup', () => import('./cli/backup.ts')],
  ['restore', () => import('./cli/restore.ts')],
  ['check-config', () => import('./cli/check-config.ts')],
  ['version', () => import('./cli/version.ts')],
  ['doctor', () => import('./cli/doctor.ts')],
]);

/** Exit code for a command line that wasn't understood. */
const USAGE_ERROR = 2;

// Without await, which the top level of the single executable can't.
void main(process.argv.slice(2)).then((code) => process.exit(code));

/** Returns the exit code. */
async function main([name = 'serve', ...argv]: string[]): Promise<number> {
  ignoreClosedOutput();
  // From the start on, while the command itself isn't loaded yet: to most programs SIGHUP means to read their files again.
  if (name === 'serve') process.on('SIGHUP', () => {});
  keepAddonsIn(stateFolder(process.env));
  // The clock's timers don't keep the process alive; this one does until the command is done.
  const alive = setInterval(() => {}, 60_000);
  try {
    switch (name) {
      case 'help':
      case '--help':
      case '-h':
        return print(await help());
    }
    const load = COMMANDS.get(name === '--version' ? 'version' : name);
    if (load === undefined) throw new UsageError(name);
    const { command } = await load();
    return await command.run(argv, process.env);
  } catch (thrown) {
    if (isUsageError(thrown)) {
      complain(`${thrown.message}\n\n${await help()}`);
      return USAGE_ERROR;
    }
    complain(isForPeople(thrown) || !(thrown instanceof Error) ? messageOf(thrown) : `${thrown.stack}`);
    return 1;
  } finally {
    clearInterval(alive);
  }
}

async function help(): Promise<string> {
  const modules = await Promise.all([...COMMANDS.values()].map((load) => load()));
  return [
    'Parley: calls between browsers, peer to peer. Settings come from the environment; see the README.\n',
    ...modules.map(({ command }) => command.help),
    '  parley help',
  ].join('\n');
}

/** Whether the message alone says what to do. Anything else is a bug of ours, shown with its stack. */
function isForPeople(thrown: unknown): boolean {
  return thrown instanceof StartError || thrown instanceof ParleyError;
}

/** A command that Parley doesn't know, or an option that the command doesn't (`parseArgs`). */
function isUsageError(thrown: unknown): thrown is Error {
  if (thrown instanceof UsageError) return true;
  return thrown instanceof TypeError && 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS');
}
