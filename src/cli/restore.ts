import { restore } from '../store/sqlite/restore.ts';
import { fileOf, sizeOf } from './backup.ts';
import { type Command, configOf } from './command.ts';
import { print } from './terminal.ts';

/** Puts a backup in the place of the database, while no server runs. */
export const command: Command = {
  help: '  parley restore FILE   put the backup FILE in the place of the database, which is kept beside it; stop the server first',

  async run(argv, environment) {
    const file = fileOf('restore', argv);
    const { databasePath } = configOf(environment);
    const { keptAs, bytes } = await restore(file, databasePath);
    const kept = keptAs === undefined ? '' : `The database that was there is ${keptAs} now.\n`;
    return print(
      `${databasePath} is now as ${file}: ${sizeOf(bytes)}, checked.\n${kept}` +
        'What has happened since that backup is undone, also bans, ended logins, new passwords and deletions. ' +
        'Start the server; people who signed in since then sign in again.',
    );
  },
};
