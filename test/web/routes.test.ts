import { describe, expect, it } from 'vitest';
import { pathOf, roomIdIn, routeOf } from '../../src/web/routes.ts';

const ID = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const OTHER = '00000000-0000-4000-8000-000000000001';

describe('pasted text', () => {
  it.each([
    ['a link', `https://calls.example.org/connect/${ID}`],
    ['a link with a port, a slash, a query and a fragment', `http://localhost:3001/connect/${ID}/?a=b#c`],
    ['a link without its scheme', `calls.example.org/connect/${ID}`],
    ['a path', `/connect/${ID}`],
    ['a code', ID],
    ['a code in capitals with spaces around', `  ${ID.toUpperCase()}\n`],
    ['a message with the link in it', `Join me: <https://calls.example.org/connect/${ID}>, at five.`],
    ['a message with the link twice', `https://a.example/connect/${ID} https://b.example/connect/${ID}`],
  ])('leads to the call: %s', (_, text) => {
    expect(roomIdIn(text)).toBe(ID);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['a link to elsewhere', 'https://example.org/'],
    ['a part of a code', ID.slice(0, -1)],
    ['a code inside another word', `x${ID}`],
    ['links of two calls', `https://a.example/connect/${ID} https://a.example/connect/${OTHER}`],
    ['another path with a code', `https://a.example/rooms/${ID}`],
  ])('is refused: %s', (_, text) => {
    expect(roomIdIn(text)).toBeNull();
  });
});

describe('the address bar', () => {
  it.each([
    [`/connect/${ID}`, { at: 'call', roomId: ID }],
    [`/connect/${ID.toUpperCase()}/`, { at: 'call', roomId: ID }],
    ['/', { at: 'home', missing: false }],
    [`/?missing=${ID}`, { at: 'home', missing: true }],
    ['/connect/nonsense', { at: 'home', missing: false }],
    ['/sign-in', { at: 'sign-in', next: { at: 'home', missing: false } }],
    [`/sign-in?room=${ID.toUpperCase()}`, { at: 'sign-in', next: { at: 'call', roomId: ID } }],
    ['/sign-in?room=//evil.example', { at: 'sign-in', next: { at: 'home', missing: false } }],
    ['/register/?to=account', { at: 'register', next: { at: 'account', section: null } }],
    ['/account#logins', { at: 'account', section: 'logins' }],
    ['/account#nonsense', { at: 'account', section: null }],
    ['/admin', { at: 'admin', section: 'overview' }],
    ['/admin/', { at: 'admin', section: 'overview' }],
    ['/admin/rooms', { at: 'admin', section: 'rooms' }],
    ['/admin/users/a%2Fb', { at: 'admin', section: 'users', userId: 'a/b' }],
    ['/admin/users/%E0%A4%A', { at: 'admin', section: 'users' }],
    ['/admin/nonsense', { at: 'home', missing: false }],
    ['/sign-in?to=admin%2Fkeys', { at: 'sign-in', next: { at: 'admin', section: 'keys' } }],
    ['/sign-in?to=//evil.example', { at: 'sign-in', next: { at: 'home', missing: false } }],
    ['/setup', { at: 'setup' }],
    ['/reset', { at: 'reset' }],
    ['/test', { at: 'test' }],
  ])('maps %s to a route', (path, route) => {
    expect(routeOf(new URL(path, 'http://localhost'))).toEqual(route);
  });

  it('maps every route to an address and back', () => {
    for (const route of [
      { at: 'call', roomId: ID },
      { at: 'home', missing: true },
      { at: 'home', missing: false },
      { at: 'sign-in', next: { at: 'call', roomId: ID } },
      { at: 'register', next: { at: 'account', section: null } },
      { at: 'account', section: 'status' },
      { at: 'admin', section: 'overview' },
      { at: 'admin', section: 'webhooks' },
      { at: 'admin', section: 'users', userId: 'https://idp.example/a b?c#d' },
      { at: 'sign-in', next: { at: 'admin', section: 'users', userId: 'a/b%' } },
      { at: 'account', section: null },
      { at: 'setup' },
      { at: 'reset' },
      { at: 'test' },
    ] as const) {
      expect(routeOf(new URL(pathOf(route), 'http://localhost'))).toEqual(route);
    }
  });
});
