import * as v from 'valibot';
import { parseDuration } from '../lib/durations.ts';
import { about, text, whole } from './values.ts';

const EXPECTED = 'a number with s, m, h or d, such as 30m, 12h or 1d';

/** What `src/backup/` does by itself. */
export const BACKUP_VARIABLES = {
  BACKUP_EVERY: v.optional(
    about(
      v.pipe(
        text,
        v.check((given) => parseDuration(given) !== undefined, EXPECTED),
        v.transform((given) => parseDuration(given) ?? 0),
      ),
      '',
      'time from one backup of the database to the next: a number with s, m, h or d. Not set: none is made by itself',
    ),
  ),
  BACKUP_KEEP: v.optional(
    about(whole(1, 100_000), '', 'how many `parley-*.db` stay in `BACKUP_FOLDER`: the newest'),
    '7',
  ),
  BACKUP_FOLDER: v.optional(
    about(
      text,
      '',
      'the folder of these backups, for one server only. Not set: `backups` beside the database',
    ),
  ),
} as const;
