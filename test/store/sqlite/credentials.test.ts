import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { UserId } from '../../../src/domain/ids.ts';
import type { Registration } from '../../../src/store/contract.ts';
import { ADMIN_SQL } from '../../../src/store/sqlite/admins.ts';
import { CREDENTIAL_SQL } from '../../../src/store/sqlite/credentials.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { temporaryDatabase, temporaryStore } from '../../support/server/database.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ANYTHING = { invite: Buffer.alloc(32), at: 0, userId: '', keep: '', username: '', displayName: '' };

describe('credentials in SQLite', () => {
  it.each(Object.entries({ ...CREDENTIAL_SQL, ...ADMIN_SQL }))('are found by an index: %s', (_, sql) => {
    const path = temporaryDatabase();
    temporaryStore(path);
    const database = new Database(path, { readonly: true });
    const values = { ...ANYTHING, nameKey: '', email: '', emailKey: '', passwordHash: '', role: null };
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...(/:\w/.test(sql) ? [values] : Array(sql.split('?').length - 1).fill('')));
    database.close();
    const steps = plan.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH)/.test(detail));
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) expect(step).toMatch(/^SEARCH .* USING (COVERING )?INDEX/);
  });
});

describe('an invitation to register', () => {
  it('is used up by a registration, and not by a refused one', () => {
    const { invited, register, uses } = withInvite({ uses: 2, expiresAt: null });
    expect(register('ann')).toBe('registered');
    expect(register('bob', 'ann@example.org')).toBe('email_taken');
    expect(uses()).toBe(1);
    expect(register('bob')).toBe('registered');
    expect([uses(), invited()]).toEqual([2, false]);
    expect(register('cid')).toBe('invite_required');
    expect(uses()).toBe(2);
  });

  it('can be used until it expires, as often as it says, else without limit', () => {
    const { register, invited, uses } = withInvite({ uses: null, expiresAt: NOW + 1 });
    for (const id of ['ann', 'bob', 'cid']) expect(register(id)).toBe('registered');
    expect([uses(), invited(), invited(NOW + 1)]).toEqual([3, true, false]);
    expect(register('dan', 'dan@example.org', NOW + 1)).toBe('invite_required');
  });

  it('that is unknown is none', () => {
    expect(temporaryStore().credentials.isInvited(sha256('unknown'), NOW)).toBe(false);
  });
});

function withInvite({ uses, expiresAt }: { uses: number | null; expiresAt: number | null }) {
  const path = temporaryDatabase();
  const { credentials } = temporaryStore(path);
  const invite = sha256('invite');
  const query = <Result>(sql: string, ...values: unknown[]): Result | undefined => {
    const database = new Database(path);
    const statement = database.prepare<unknown[], Result>(sql);
    const result = statement.reader ? statement.pluck().get(...values) : void statement.run(...values);
    database.close();
    return result;
  };
  query(
    'INSERT INTO registration_invites (id, hash, uses, created_at, expires_at) VALUES (?, ?, ?, ?, ?)',
    ...['id', invite, uses, NOW, expiresAt],
  );
  const register = (id: string, email = `${id}@example.org`, at = NOW) =>
    credentials.register({ ...registration(id, email), at, invite });
  return {
    register,
    invited: (at = NOW) => credentials.isInvited(invite, at),
    uses: () => query<number>('SELECT used FROM registration_invites'),
  };
}

function registration(id: string, email: string): Registration {
  return {
    userId: id as UserId,
    isGuest: false,
    username: null,
    displayName: null,
    email,
    emailKey: email,
    passwordHash: 'hash',
    role: null,
    at: NOW,
    invite: null,
    token: { hash: sha256(id), loginId: id, expiresAt: NOW + 10 },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
