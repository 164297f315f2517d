import * as v from 'valibot';

/** Name of the setting that says which backup was the last, whoever made it. */
export const LAST_BACKUP = 'backup';

/** What that setting holds, as JSON. */
export const LastBackup = v.object({
  /** Milliseconds since 1970: the backup shows the database as it was then. */
  at: v.number(),
  /** Absolute path. */
  file: v.string(),
  bytes: v.number(),
});
export type LastBackup = v.InferOutput<typeof LastBackup>;
