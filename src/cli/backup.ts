import { parseArgs } from 'node:util';
import { StartError } from '../domain/errors.ts';
import { backUp } from '../store/sqlite/backup.ts';
import { type Command, configOf, UsageError } from './command.ts';
import { print } from './terminal.ts';

/** Copies the database into a file, beside a running server or without one. */
export const command: Command = {
  help: '  parley backup FILE    copy the database into FILE and check the copy, beside a running server or without one',

  async run(argv, environment) {
    const { file: path, bytes } = await backUp(configOf(environment).databasePath, fileOf('backup', argv));
    return print(
      `${path} is a whole copy of the database: ${sizeOf(bytes)}, checked.\n` +
        'Keep it secret, only its owner can read it: it holds the keys that sign tokens, the secret of the TURN relay, ' +
        'certificates with their keys, accounts with their e-mail addresses and password hashes, rooms, chats and past calls. ' +
        'Settings, turnserver.conf and files that they name are not in it.',
    );
  },
};

/**
 * Returns the one file that a command names.
 * @throws UsageError; StartError if there is none
 */
export function fileOf(command: string, argv: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...argv], allowPositionals: true });
  const [file, ...more] = positionals;
  if (more.length > 0) throw new UsageError([command, ...positionals].join(' '));
  if (file === undefined) throw new StartError(`Which file? Try \`parley ${command} parley-backup.db\`.`);
  return file;
}

/** @returns such as `12.3 MB` */
export function sizeOf(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
