import type { SettingStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

export function createSettingStore(database: Connection, { durably }: Batch) {
  const get = database.prepare<[string], { value: string }>('SELECT value FROM settings WHERE name = ?');
  const add = database.prepare<[string, string]>(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const set = database.prepare<[string, string]>(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  return {
    getOrMake: durably((name: string, make: () => string): string => {
      const stored = get.get(name)?.value;
      if (stored !== undefined) return stored;
      const made = make();
      add.run(name, made);
      return get.get(name)?.value ?? made;
    }),
    read: (name) => get.get(name)?.value,
    write: durably((name: string, value: string): void => {
      set.run(name, value);
    }),
  } satisfies SettingStore;
}
