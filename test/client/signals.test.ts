import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as sdk from '../../src/client/index.ts';
import { lastingServer } from './support/lasting-server.ts';
import { type Person, people } from './support/people.ts';

const server = lastingServer();
const person = people(server);

const ID = '00000000-0000-4000-8000-000000000001';

type Wait = (ann: Person, call: sdk.Call, signal: AbortSignal) => Promise<unknown>;

/** How each function that waits for an answer over HTTP, or for a session, is told to stop. */
const WAITS: Readonly<Record<string, Wait>> = {
  createRoom: ({ account }, _, signal) => sdk.createRoom(account, {}, { signal }),
  findRoom: ({ account }, _, signal) => sdk.findRoom(account, ID, { signal }),
  'rooms.list': ({ account }, _, signal) => sdk.rooms.list(account, {}, { signal }),
  'rooms.get': ({ account }, _, signal) => sdk.rooms.get(account, ID, { signal }),
  'rooms.create': ({ account }, _, signal) => sdk.rooms.create(account, {}, { signal }),
  'rooms.update': ({ account }, _, signal) => sdk.rooms.update(account, ID, {}, { signal }),
  'rooms.remove': ({ account }, _, signal) => sdk.rooms.remove(account, ID, { signal }),
  'rooms.calls': ({ account }, _, signal) => sdk.rooms.calls(account, ID, {}, { signal }),
  'rooms.bans.list': ({ account }, _, signal) => sdk.rooms.bans.list(account, ID, { signal }),
  'rooms.bans.lift': ({ account }, _, signal) => sdk.rooms.bans.lift(account, ID, ID, { signal }),
  'rooms.invitations.list': ({ account }, _, signal) => sdk.rooms.invitations.list(account, ID, { signal }),
  'rooms.invitations.create': ({ account }, _, signal) =>
    sdk.rooms.invitations.create(account, ID, {}, { signal }),
  'rooms.invitations.remove': ({ account }, _, signal) =>
    sdk.rooms.invitations.remove(account, ID, ID, { signal }),
  'users.list': ({ account }, _, signal) => sdk.users.list(account, {}, { signal }),
  'users.get': ({ account }, _, signal) => sdk.users.get(account, ID, { signal }),
  'account.update': ({ account }, _, signal) => account.update({}, { signal }),
  'account.setStatus': ({ account }, _, signal) => account.setStatus('dnd', null, { signal }),
  'account.changePassword': ({ account }, _, signal) => account.changePassword('a', 'b', { signal }),
  'account.remove': ({ account }, _, signal) => account.remove('a', { signal }),
  'account.logins.list': ({ account }, _, signal) => account.logins.list({ signal }),
  'account.logins.end': ({ account }, _, signal) => account.logins.end(ID, { signal }),
  'account.logins.endAll': ({ account }, _, signal) => account.logins.endAll({ signal }),
  'chat.history': (_, call, signal) => call.chat.history({}, { signal }),
  signInAsGuest: (_, __, signal) => sdk.signInAsGuest({ baseUrl: server.url, signal }),
  signIn: (_, __, signal) => sdk.signIn({ baseUrl: server.url, email: 'a', password: 'b', signal }),
  register: ({ account }, _, signal) =>
    sdk.register({ email: 'ann@example.org', password: 'analytical engine', guest: account, signal }),
  setUp: (_, __, signal) => sdk.setUp({ baseUrl: server.url, token: 't', email: 'a', password: 'b', signal }),
  resetPassword: (_, __, signal) =>
    sdk.resetPassword({ baseUrl: server.url, token: 't', password: 'b', signal }),
  connect: (_, __, signal) =>
    sdk.connect({ baseUrl: server.url, token: () => new Promise(() => {}), signal }),
  joinCall: (_, __, signal) => sdk.joinCall({ url: `${server.url}/connect/${ID}`, signal }),
  'client.call': ({ client }, _, signal) => client.call(ID, { signal }),
};

/** Those that return at once, or never reject; and `finishSignIn`, which needs a page's address. */
const OTHERS = new Set([
  'restoreAccount',
  'watchAccount',
  'signInWithOidc',
  'finishSignIn',
  'ParleyClientError',
  'account.token',
  'account.signOut',
  'account.becomeRegistered',
]);

/** The names of all functions of an object, and of those inside it. */
function functionsOf(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([name, each]) => {
    if (typeof each === 'function') return [`${prefix}${name}`];
    const isNamespace = typeof each === 'object' && each !== null && name !== 'LIMITS';
    return isNamespace ? functionsOf(each, `${prefix}${name}.`) : [];
  });
}

describe('everything that waits', () => {
  let ann: Person;
  let call: sdk.Call;

  beforeEach(async () => {
    ann = await person('ann');
    const { room } = await sdk.createRoom(ann.account);
    call = await ann.join(room.id);
    vi.stubGlobal('WebSocket', class {});
  });
  afterEach(() => vi.unstubAllGlobals());

  it.each(Object.entries(WAITS))(
    '%s rejects with the reason of its signal, aborted before',
    async (name, wait) => {
      if (name === 'client.call') await call.leave();
      const asked = vi.fn(() => new Promise<never>(() => {}));
      vi.stubGlobal('fetch', asked);
      await expect(wait(ann, call, AbortSignal.abort('enough'))).rejects.toBe('enough');
      expect(asked).not.toHaveBeenCalled();
    },
  );

  it.each(Object.entries(WAITS).filter(([name]) => name !== 'joinCall'))(
    '%s rejects with the reason of its signal, aborted while the server is silent',
    async (name, wait) => {
      if (name === 'client.call') await call.leave();
      vi.stubGlobal('fetch', () => new Promise(() => {}));
      const abort = new AbortController();
      const waiting = expect(wait(ann, call, abort.signal)).rejects.toBe('enough');
      await new Promise((resolve) => setImmediate(resolve));
      abort.abort('enough');
      await waiting;
    },
  );

  it('is in the table above: a new function has to be entered', () => {
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(ann.account)).filter(
      (name) => name !== 'constructor' && name !== 'user',
    );
    const all = [
      ...functionsOf(sdk),
      ...methods.map((name) => `account.${name}`),
      ...functionsOf(ann.account.logins, 'account.logins.'),
    ];
    expect(all.filter((name) => !(name in WAITS) && !OTHERS.has(name))).toEqual([]);
  });
});
