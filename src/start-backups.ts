import { Backups, type CopyDatabase } from './backup/backups.ts';
import { BackupFolder } from './backup/folder.ts';
import type { Config } from './config/config.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { SettingStore } from './store/contract.ts';

interface BackupParts {
  readonly config: Pick<Config, 'databasePath' | 'backups'>;
  readonly copyDatabase: CopyDatabase;
  readonly settings: Pick<SettingStore, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Makes backups from now on, as `BACKUP_EVERY` says. */
export function startBackups({ config, copyDatabase, ...parts }: BackupParts): Backups {
  const { everyMs, keep, folder } = config.backups;
  return new Backups({
    ...parts,
    databasePath: config.databasePath,
    folder: new BackupFolder(folder),
    everyMs,
    keep,
    copy: copyDatabase,
  });
}
