import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as sdk from '../../src/client/index.ts';
import { lastingServer } from './support/lasting-server.ts';
import { type Person, people } from './support/people.ts';

const server = lastingServer();
const person = people(server);

const ID = '00000000-0000-4000-8000-000000000001';

type Wait = (ann: Person, call: sdk.Call, signal: AbortSignal) => Promise<unknown>;

const PEER = { peerId: ID };
const KNOCK = { knockId: ID };

/** How each function that waits for the server is told to stop. */
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
  'account.token': ({ account }, _, signal) => account.token(true, { signal }),
  'call.chat.history': (_, call, signal) => call.chat.history({}, { signal }),
  signInAsGuest: (_, __, signal) => sdk.signInAsGuest({ baseUrl: server.url, signal }),
  signIn: (_, __, signal) => sdk.signIn({ baseUrl: server.url, email: 'a', password: 'b', signal }),
  register: ({ account }, _, signal) =>
    sdk.register({ email: 'ann@example.org', password: 'analytical engine', guest: account, signal }),
  setUp: (_, __, signal) => sdk.setUp({ baseUrl: server.url, token: 't', email: 'a', password: 'b', signal }),
  resetPassword: (_, __, signal) =>
    sdk.resetPassword({ baseUrl: server.url, token: 't', password: 'b', signal }),
  connect: (_, __, signal) =>
    sdk.connect({ baseUrl: server.url, token: () => new Promise(() => {}), signal }),
  checkConnection: (_, __, signal) => sdk.checkConnection({ baseUrl: server.url, signal }),
  joinCall: (_, __, signal) => sdk.joinCall({ url: `${server.url}/connect/${ID}`, signal }),
  'client.call': ({ client }, _, signal) => client.call(ID, { signal }),
  'call.raiseHand': (_, call, signal) => call.raiseHand(true, { signal }),
  'call.lowerHand': (_, call, signal) => call.lowerHand(PEER, { signal }),
  'call.react': (_, call, signal) => call.react('🎉', { signal }),
  'call.update': (_, call, signal) => call.update({ displayName: 'Ada' }, { signal }),
  'call.setUserInfo': (_, call, signal) => call.setUserInfo({ seat: 3 }, { signal }),
  'call.chat.send': (_, call, signal) => call.chat.send('hello', { signal }),
  'call.chat.edit': (_, call, signal) => call.chat.edit(ID, 'hello', { signal }),
  'call.chat.remove': (_, call, signal) => call.chat.remove(ID, { signal }),
  'call.chat.react': (_, call, signal) => call.chat.react(ID, '🎉', true, { signal }),
  'call.chat.clear': (_, call, signal) => call.chat.clear({ signal }),
  'call.knocks.admit': (_, call, signal) => call.knocks.admit(KNOCK, { signal }),
  'call.knocks.admitAll': (_, call, signal) => call.knocks.admitAll({ signal }),
  'call.knocks.refuse': (_, call, signal) => call.knocks.refuse(KNOCK, { signal }),
  'call.hosts.set': (_, call, signal) => call.hosts.set(PEER, true, { signal }),
  'call.hosts.limit': (_, call, signal) => call.hosts.limit(PEER, [], { signal }),
  'call.moderation.kick': (_, call, signal) => call.moderation.kick(PEER, { signal }),
  'call.moderation.lock': (_, call, signal) => call.moderation.lock(true, { signal }),
  'call.moderation.askToMute': (_, call, signal) => call.moderation.askToMute(PEER, 'audio', { signal }),
  'call.moderation.askAllToMute': (_, call, signal) => call.moderation.askAllToMute('audio', { signal }),
  'call.moderation.closeRoom': (_, call, signal) => call.moderation.closeRoom({ signal }),
  'call.data.set': (_, call, signal) => call.data.set('page', 1, { signal }),
  'call.data.delete': (_, call, signal) => call.data.delete('page', { signal }),
};

/**
 * Those that return at once, never reject, or wait for the browser only; what the SDK itself calls; `finishSignIn`, which needs a
 * page's address; and `call.send`, which waits for peers (send-data.test.ts).
 */
const OTHERS = new Set([
  'restoreAccount',
  'watchAccount',
  'signInWithOidc',
  'finishSignIn',
  'ParleyClientError',
  'account.on',
  'account.once',
  'account.signOut',
  'account.becomeRegistered',
  'call.on',
  'call.once',
  'call.send',
  'call.stats',
  'call.setMicrophone',
  'call.setCamera',
  'call.setMuted',
  'call.startScreenShare',
  'call.stopScreenShare',
  'call.setSpeaking',
  'call.setUplink',
  'call.setHideAddress',
  'call.setTyping',
  'call.leave',
  'call.enter',
  'call.retryConnections',
  'call.chat.on',
  'call.chat.once',
  'call.chat.setTyping',
  'call.chat.hold',
  'call.chat.enter',
  'call.chat.handle',
  'call.chat.close',
  'call.knocks.on',
  'call.knocks.once',
  'call.knocks.enter',
  'call.knocks.handle',
  'call.knocks.forget',
  'call.data.on',
  'call.data.once',
  'call.data.get',
  'call.data.entries',
  'call.data.enter',
  'call.data.handle',
]);

/** A call's getters: its namespaces are walked below, and the others have no functions that wait for the server. */
const GETTERS = new Set([
  'callMedia',
  'chat',
  'knocks',
  'data',
  'room',
  'peerId',
  'you',
  'hand',
  'peers',
  'activeSpeaker',
  'media',
  'muted',
  'uplink',
  'line',
  'hidesAddress',
  'leaving',
]);

/** The names of all functions of an object, and of those inside it. */
function functionsOf(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([name, each]) => {
    if (typeof each === 'function') return [`${prefix}${name}`];
    const isNamespace = typeof each === 'object' && each !== null && name !== 'LIMITS';
    return isNamespace ? functionsOf(each, `${prefix}${name}.`) : [];
  });
}

/** The names of the functions of an instance, its class's among them. */
function methodsOf(instance: object, prefix: string): string[] {
  const ofClass = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(instance));
  return Object.entries({ ...ofClass, ...Object.getOwnPropertyDescriptors(instance) })
    .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
    .map(([name]) => `${prefix}${name}`);
}

function gettersOf(instance: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(instance)))
    .filter(([, { get }]) => get !== undefined)
    .map(([name]) => name);
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
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it.each(Object.entries(WAITS))(
    '%s rejects with the reason of its signal, aborted before',
    async (name, wait) => {
      if (name === 'client.call') await call.leave();
      const asked = vi.fn(() => new Promise<never>(() => {}));
      vi.stubGlobal('fetch', asked);
      const sent = vi.spyOn(WebSocket.prototype, 'send');
      await expect(wait(ann, call, AbortSignal.abort('enough'))).rejects.toBe('enough');
      expect(asked).not.toHaveBeenCalled();
      expect(sent.mock.calls.filter(([frame]) => String(frame).includes('"id":'))).toEqual([]);
    },
  );

  it.each(Object.entries(WAITS).filter(([name]) => name !== 'joinCall'))(
    '%s rejects with the reason of its signal, aborted while the server is silent',
    async (name, wait) => {
      if (name === 'client.call') await call.leave();
      vi.stubGlobal('fetch', () => new Promise(() => {}));
      ann.cut();
      const abort = new AbortController();
      const waiting = expect(wait(ann, call, abort.signal)).rejects.toBe('enough');
      await new Promise((resolve) => setImmediate(resolve));
      abort.abort('enough');
      await waiting;
    },
  );

  it('is in the table above: a new function has to be entered', () => {
    const all = [
      ...functionsOf(sdk),
      ...methodsOf(ann.account, 'account.'),
      ...functionsOf(ann.account.logins, 'account.logins.'),
      ...methodsOf(call, 'call.'),
      ...functionsOf({ moderation: call.moderation, hosts: call.hosts }, 'call.'),
      ...methodsOf(call.chat, 'call.chat.'),
      ...methodsOf(call.knocks, 'call.knocks.'),
      ...methodsOf(call.data, 'call.data.'),
    ];
    expect(all.filter((name) => !(name in WAITS) && !OTHERS.has(name))).toEqual([]);
    expect(gettersOf(call).filter((name) => !GETTERS.has(name))).toEqual([]);
  });
});
