import type { CertificateRow, CertificateStore } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

export function createCertificateStore(database: Connection, { durably }: Batch) {
  const find = database.prepare<[string], CertificateRow>(
    'SELECT domain, directory, chain, key FROM acme_certificates WHERE domain = ?',
  );
  const save = database.prepare<[CertificateRow]>(
    `INSERT INTO acme_certificates (domain, directory, chain, key) VALUES (:domain, :directory, :chain, :key)
     ON CONFLICT DO UPDATE SET directory = excluded.directory, chain = excluded.chain, key = excluded.key`,
  );
  const findKey = database.prepare<[string], { key: string }>(
    'SELECT key FROM acme_accounts WHERE directory = ?',
  );
  const saveKey = database.prepare<[string, string]>(
    'INSERT INTO acme_accounts (directory, key) VALUES (?, ?) ON CONFLICT DO UPDATE SET key = excluded.key',
  );
  return {
    find: (domain) => find.get(domain),
    save: durably((row: CertificateRow): void => {
      save.run(row);
    }),
    accountKey: (directory) => findKey.get(directory)?.key,
    saveAccountKey: durably((directory: string, key: string): void => {
      saveKey.run(directory, key);
    }),
  } satisfies CertificateStore;
}
