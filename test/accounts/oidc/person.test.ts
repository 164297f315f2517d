import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personOf } from '../../../src/accounts/oidc/person.ts';

const ID_TOKEN = { iss: 'https://id.example.org', sub: 'ada' };
const ADMINS = { name: 'groups', value: 'parley-admins' };

describe('the person whom a provider names', () => {
  it('[TK6] comes from the ID token, then from userinfo, and never has an e-mail address', () => {
    const idToken = { ...ID_TOKEN, name: 'Ada', email: 'ada@example.org' };
    const userInfo = { sub: 'ada', name: 'Other', preferred_username: 'ada', picture: 'https://x.example/a' };
    expect(personOf(idToken, userInfo, undefined)).toEqual({
      issuer: 'https://id.example.org',
      subject: 'ada',
      displayName: 'Ada',
      username: 'ada',
      avatarUrl: 'https://x.example/a',
      role: null,
    });
  });

  it.each([
    [{ preferred_username: 'ada@example.org' }, { username: null }],
    [{ preferred_username: 7 }, { username: null }],
    [{ name: '\u202e\n' }, { displayName: null }],
    [{ name: ' Ada\n\u202eLovelace ' }, { displayName: 'Ada Lovelace' }],
    [{ name: { toString: 'x' } }, { displayName: null }],
    [{ picture: 'http://x.example/a.png' }, { avatarUrl: null }],
    [{ picture: 'javascript:alert(1)' }, { avatarUrl: null }],
    [{ picture: `https://x.example/${'a'.repeat(2_048)}` }, { avatarUrl: null }],
  ])('leaves out or tidies what does not fit: %j', (claims, expected) => {
    expect(personOf({ ...ID_TOKEN, ...claims }, {}, undefined)).toMatchObject(expected);
  });

  it.each([
    ['parley-admins', 'admin'],
    [['users', 'parley-admins'], 'admin'],
    [['users'], null],
    ['parley-admins-not', null],
    ['users parley-admins', null],
    [{ 'parley-admins': true }, null],
    [[['parley-admins']], null],
    [true, null],
    [undefined, null],
  ])('[TK6] is an admin if the claim is the value, or a list with it: %j', (groups, role) => {
    expect(personOf({ ...ID_TOKEN, groups }, {}, ADMINS).role).toBe(role);
    expect(personOf(ID_TOKEN, { groups }, ADMINS).role).toBe(role);
    expect(personOf({ ...ID_TOKEN, groups }, {}, undefined).role).toBeNull();
  });

  it('[TK6] is no admin if userinfo says so and the ID token does not', () => {
    expect(personOf({ ...ID_TOKEN, groups: [] }, { groups: ['parley-admins'] }, ADMINS).role).toBeNull();
  });

  it('is refused without a usable iss and sub, whatever else there is', () => {
    for (const broken of [
      {},
      { iss: 'x' },
      { sub: 'x' },
      { iss: 'x', sub: '' },
      { iss: 'x', sub: 'x'.repeat(256) },
    ]) {
      expect(() => personOf(broken, ID_TOKEN, ADMINS)).toThrow('no usable iss and sub');
    }
  });

  it('can be read from any claims', () => {
    const claims = fc.dictionary(
      fc.constantFrom('name', 'preferred_username', 'picture', 'groups', '__proto__', 'constructor'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(claims, claims, (idToken, userInfo) => {
        const person = personOf({ ...idToken, ...ID_TOKEN }, userInfo, ADMINS);
        expect(person).toMatchObject({ issuer: ID_TOKEN.iss, subject: 'ada' });
        for (const field of [person.username, person.displayName, person.avatarUrl, person.role])
          expect(field === null || typeof field === 'string').toBe(true);
      }),
    );
  });
});
