import { describe, expect, it } from 'vitest';
import { PROFILES, Profiles } from '../../src/accounts/profiles.ts';
import type { UserId } from '../../src/domain/ids.ts';
import type { UserRow } from '../../src/store/contract.ts';

describe('profiles', () => {
  it('leave the email out', () => {
    const profiles = new Profiles();
    profiles.remember(row('ann'));
    expect(profiles.get('ann' as UserId)).toEqual({
      id: 'ann',
      kind: 'registered',
      username: 'ann',
      displayName: 'Ann',
      status: 'online',
      customStatus: null,
      avatarUrl: null,
      bio: null,
      createdAt: '1970-01-01T00:00:00.000Z',
    });
  });

  it('are forgotten when a user changes, and replaced by the next verification', () => {
    const profiles = new Profiles();
    const id = 'ann' as UserId;
    profiles.remember(row(id));
    profiles.forget(id);
    expect(profiles.get(id)).toBeUndefined();
    profiles.remember({ ...row(id), displayName: 'Anna' });
    expect(profiles.get(id)?.displayName).toBe('Anna');
  });

  it('are kept up to a bound: the oldest is forgotten', () => {
    const profiles = new Profiles();
    for (let index = 0; index < PROFILES + 2; index += 1) profiles.remember(row(`${index}`));
    expect(profiles.size).toBe(PROFILES);
    expect(profiles.get('1' as UserId)).toBeUndefined();
    expect(profiles.get('2' as UserId)?.id).toBe('2');
  });
});

function row(id: string): UserRow {
  return {
    id: id as UserId,
    kind: 'registered',
    username: id,
    displayName: 'Ann',
    email: 'ann@example.org',
    role: null,
    status: 'online',
    customStatus: null,
    avatarUrl: null,
    bio: null,
    createdAt: 0,
  };
}
