import type { Database } from 'better-sqlite3';
import type { Batch } from './batch.ts';

/** What the server made for itself and has to find again after a restart. */
export function createSettingStore(database: Database, { durably }: Batch) {
  const get = database.prepare<[string], { value: string }>('SELECT value FROM settings WHERE name = ?');
  const add = database.prepare<[string, string]>(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    get: (name: string): string | undefined => get.get(name)?.value,
    /** The value that is kept; at first `make()`, whichever process came first. */
    getOrMake: durably((name: string, make: () => string): string => {
      const kept = get.get(name)?.value;
      if (kept !== undefined) return kept;
      const made = make();
      add.run(name, made);
      return get.get(name)?.value ?? made;
    }),
  };
}
