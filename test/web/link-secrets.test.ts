import { describe, expect, it } from 'vitest';
import { createLinkSecrets } from '../../src/web/link-secrets.ts';
import { memoryStorage } from './fakes.ts';

const at = (path: string) => new URL(path, 'https://calls.example.org');

describe('what a link carries', () => {
  it.each([
    ['/setup#token=s1', 'setup', 's1', '/setup'],
    ['/reset#token=r1', 'reset', 'r1', '/reset'],
    ['/register?invite=i1', 'invite', 'i1', '/register'],
    ['/register?room=3&invite=i1', 'invite', 'i1', '/register?room=3'],
  ] as const)('is taken out of %s and kept', (path, kind, secret, rest) => {
    const secrets = createLinkSecrets(memoryStorage());
    expect(secrets.takeFrom(at(path))?.href).toBe(at(rest).href);
    expect(secrets.get(kind)).toBe(secret);
    secrets.drop(kind);
    expect(secrets.get(kind)).toBeNull();
  });

  it.each([
    '/',
    '/register',
    '/register?invite=',
    '/setup',
    '/setup?token=x',
    '/reset#token=',
    '/account#token=x',
    '/sign-in?invite=x',
  ])('is not sought in %s', (path) => {
    expect(createLinkSecrets(memoryStorage()).takeFrom(at(path))).toBeNull();
  });

  it('is an invitation to one call, and to no other', () => {
    const room = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
    const secrets = createLinkSecrets(memoryStorage());
    expect(secrets.takeFrom(at(`/connect/${room}?invite=i1`))?.href).toBe(at(`/connect/${room}`).href);
    expect(secrets.invitationTo(room)).toBe('i1');
    expect(secrets.invitationTo(room.replace('3', '4'))).toBeNull();
    secrets.drop('call');
    expect(secrets.invitationTo(room)).toBeNull();
  });

  it('survives a reload of the tab', () => {
    const storage = memoryStorage();
    createLinkSecrets(storage).takeFrom(at('/reset#token=r1'));
    expect(createLinkSecrets(storage).get('reset')).toBe('r1');
  });
});
