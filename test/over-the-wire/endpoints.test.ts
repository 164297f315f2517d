import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import { makeResetToken } from '../../src/accounts/resets.ts';
import { randomIds, type UserId } from '../../src/domain/ids.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Problem, TokensReply } from '../../src/protocol/bodies.ts';
import type { EndpointName, RequestInput } from '../../src/protocol/endpoint-types.ts';
import {
  ENDPOINTS,
  type Endpoint,
  ERRORS_OF_ALL,
  type Method,
  NoBody,
} from '../../src/protocol/endpoints.ts';
import { OwnKnock } from '../../src/protocol/knock-events.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { startProvider, type TestProvider } from '../support/oidc/provider.ts';
import { codeIn, Visitor } from '../support/oidc/visitor.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api, signIn } from '../support/server/api.ts';
import type { TestServer } from '../support/server/server.ts';
import { RawClient } from '../support/server/ws-client.ts';
import { startStage } from './stage.ts';

const METRICS_TOKEN = 'a token for the metrics';
const NOWHERE = '33333333-3333-4333-8333-333333333333';
const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** A proxy's mark: the request isn't taken for one from this machine. */
const THROUGH_PROXY = { Via: '1.1 proxy.example' };

const endpoints = Object.entries(ENDPOINTS) as [EndpointName, Endpoint][];
const forUsers = endpoints.filter(([, { who }]) => who !== 'all' && who !== 'operator');
const withBody = endpoints.filter(([, { request }]) => request !== NoBody);

const ACCOUNT = { email: 'Zoe@example.org', password: 'correct horse' };

type Headers = Readonly<Record<string, string>>;
type WithBody = { [Name in EndpointName]: unknown extends RequestInput<Name> ? never : Name }[EndpointName];

let provider: TestProvider;
beforeAll(async () => {
  provider = await startProvider();
  provider.people.set('zoe', { name: 'Zoe' });
});
afterAll(() => provider.goDown());

/** Tells a receiver that isn't there of rooms. */
const WEBHOOKS = {
  WEBHOOK_URLS: 'http://127.0.0.1:9/hook',
  WEBHOOK_SECRET: `whsec_${Buffer.from('a secret of 24 bytes ...').toString('base64')}`,
  WEBHOOK_EVENTS: 'room.created',
};

/** A server with two rooms, and the requests to make to it. @param signs whether it signs tokens with a key pair */
async function walk(signs = false) {
  const { server, room, person, bearer } = await startStage({
    ...(signs ? {} : { JWT_SECRET: SECRET }),
    METRICS_TOKEN,
    ...WEBHOOKS,
    ...provider.settings,
  });
  const visitor = new Visitor();
  const keys = await secretKeys(SECRET);
  const token = async (claims: Omit<MintedClaims, 'sub'> = {}, sub = 'zoe'): Promise<Headers> => {
    const minting = { keys, issuer: 'parley', audience: 'parley', now: Date.now(), lifetimeSeconds: 600 };
    return { Authorization: `Bearer ${await mintToken({ sub, ...claims }, minting)}` };
  };
  const here = await room();
  /** Somebody inside `here`, who runs it or not. */
  const inside = async (role?: string) => {
    const sub = role ?? randomIds.userId();
    const { Authorization = '' } = await token(role === undefined ? {} : { role }, sub);
    return bearer(sub, Authorization.slice('Bearer '.length)).inside(here);
  };
  let registered: Promise<TokensReply> | undefined;
  /** Returns the header of somebody who has a password. */
  const register = async (): Promise<Headers> => {
    registered ??= api(server.url, '/auth/register', { reply: TokensReply, body: ACCOUNT });
    return { Authorization: `Bearer ${(await registered).accessToken}` };
  };
  const bodies: { readonly [Name in WithBody]: () => Promise<RequestInput<Name>> } = {
    createGuest: async () => ({ displayName: 'Ann' }),
    register: async () => ({ email: 'ann@example.org', password: 'correct horse' }),
    logIn: async () => {
      await register();
      return { email: ACCOUNT.email, password: ACCOUNT.password };
    },
    changePassword: async () => ({ current: ACCOUNT.password, new: 'battery staple' }),
    refreshTokens: async () => ({ refreshToken: (await signIn(server.url)).refreshToken }),
    createRoom: async () => ({ name: 'Tea' }),
    editRoom: async () => ({ name: 'Coffee', password: null }),
    joinRoom: async () => ({ userInfo: { seat: 3 } }),
    setUp: async () => ({
      token: server.setupToken ?? '',
      email: 'ada@example.org',
      password: 'correct horse',
    }),
    resetPassword: async () => ({ token: await resetTokenFor(server), password: 'correct horse' }),
    createInvite: async () => ({ uses: 1 }),
    finishOidc: async () => {
      await provider.sendBackTo(server.url);
      return { code: codeIn(await visitor.signIn(server.url, { as: 'zoe' })) };
    },
    createRoomWithId: async () => ({ name: 'Tea', userId: 'zoe' }),
    addUser: async () => ({ userInfo: { seat: 3 } }),
    produce: async () => ({ constraints: { audio: true }, offers: [{ id: 'yan', offer: 'v=0' }] }),
    consume: async () => ({ id: 'yan', answer: 'v=0' }),
    sendRoomMessage: async () => ({ data: 'Tea?' }),
    sendMessage: async () => ({ message: 'Tea?' }),
    editMessage: async () => ({ message: 'Coffee?' }),
    deleteUser: async () => ({}),
    editUser: async () => ({ displayName: 'Zoe', bio: null }),
    putUser: async () => ({ avatarUrl: 'https://example.org/zoe.png' }),
    answerKnock: async () => ({ admit: true }),
    updateParticipant: async () => ({ send: ['audio'] }),
    createInvitation: async () => ({ uses: 1 }),
    setStatus: async () => ({ status: 'dnd', customStatus: 'reading' }),
    setRole: async () => ({ role: 'admin' }),
  };
  const bodyOf = new Map<string, () => Promise<unknown>>(Object.entries(bodies));

  /** Returns the id of the knock of somebody who waits for the room. */
  const knock = async (): Promise<string> => {
    await fetch(`${server.url}/rooms/${here}`, {
      method: 'PATCH',
      headers: await token({ role: 'service' }),
      body: JSON.stringify({ waitingRoom: true }),
    });
    const { payload } = await (await person()).request('room:join', { roomId: here });
    return v.parse(OwnKnock, payload).knockId;
  };

  /** Adds two users to `here`. @returns their ids */
  const expectTwo = async () => {
    const service = await token({ role: 'service' });
    for (const id of ['zoe', 'yan']) await ask('addUser', service, { id, body: '{}' });
    return { zoe: 'zoe', yan: 'yan' };
  };

  /** What `:id`, `:knockId`, `:peerId` or `:userId` stands for in a path. */
  const idOf = new Map<string, (headers: Headers) => Promise<string | undefined>>([
    ['answerKnock', knock],
    ['endLogin', async (headers) => loginOf(headers)],
    [
      'removeUser',
      async () => {
        await succeed('addUser', await token({ role: 'service' }));
        return 'none';
      },
    ],
    ['produce', async () => (await expectTwo()).zoe],
    ['stopProducing', async () => (await expectTwo()).zoe],
    [
      'consume',
      async () => {
        const { zoe, yan } = await expectTwo();
        const offers = [{ id: zoe, offer: 'v=0' }];
        await ask('produce', await token({ role: 'service' }), { id: yan, body: JSON.stringify({ offers }) });
        return zoe;
      },
    ],
    ['updateParticipant', async () => (await inside()).peerId],
    ['kickParticipant', async () => (await inside()).peerId],
    ['setRole', async () => userOf(await register())],
    ['listUserLogins', async () => userOf(await register())],
    ['endUserLogins', async () => userOf(await register())],
    ['endUserLogin', async () => userOf(await register())],
    ['createResetLink', async () => userOf(await register())],
    [
      'resendEvent',
      async () =>
        (await (await succeed('listDeliveries', await token({ role: 'admin' }))).json()).items[0].id,
    ],
    [
      'liftBan',
      async () => {
        const { peerId, guest } = await inside();
        await (await inside('service')).request('room:kick', { peerId, ban: true });
        return guest.userId;
      },
    ],
    [
      'deleteInvitation',
      async () => (await (await succeed('createInvitation', await token({ role: 'service' }))).json()).id,
    ],
    [
      'deleteInvite',
      async () => (await (await succeed('createInvite', await token({ role: 'admin' }))).json()).id,
    ],
  ]);

  /** Enters a room with a WebSocket, and says something. @returns the message's id */
  const sayIn = async (roomId: string, { Authorization = '' }: Headers): Promise<string> => {
    const token = Authorization.replace('Bearer ', '');
    const client = new RawClient({ wsUrl: server.wsUrl, path: `/ws/rooms/${roomId}`, token });
    await client.next('room:joined');
    client.send('chat', { message: 'Hello' }, 1);
    return (await client.next('chat')).payload.id;
  };

  const ask = (
    name: EndpointName,
    headers: Headers,
    over: {
      method?: string;
      body?: string;
      roomId?: string;
      id?: string;
      loginId?: string;
      messageId?: string;
    },
  ) => {
    const { method, path, accept }: Endpoint = ENDPOINTS[name];
    const ownId = path.startsWith('/users/') ? 'zoe' : 'none';
    const { body, roomId = here, id = ownId, messageId = 'none', loginId = 'none' } = over;
    const filled = path
      .replace(':roomId', roomId)
      .replace(/:(id|knockId|peerId|userId)/, id)
      .replace(':loginId', loginId)
      .replace(':messageId', messageId)
      .replace(':emoji', encodeURIComponent('👍'))
      .replace('docs/*', 'docs/sdk')
      .replace('*', 'icon-512.png');
    return fetch(server.url + filled, {
      method: over.method ?? method,
      redirect: 'manual',
      headers: { Accept: accept ?? '*/*', Cookie: visitor.cookies(server.url), ...headers },
      ...(body === undefined ? {} : { body }),
    });
  };
  /** Sends a valid request, which succeeds for everybody who may call the endpoint. */
  const succeed = async (
    name: EndpointName,
    headers: Headers,
    roomId: string = name === 'createRoomWithId' ? randomUUID() : here,
  ): Promise<Response> => {
    // Only those inside see who is inside.
    if (name === 'listParticipants') await ask('joinRoom', headers, { roomId, body: '{}' });
    const body = await bodyOf.get(name)?.();
    const id = await idOf.get(name)?.(headers);
    const messageId = isOfChat(name) ? await sayIn(here, headers) : undefined;
    const loginId = name === 'endUserLogin' ? loginOf(await register()) : undefined;
    return ask(name, headers, {
      roomId,
      ...(loginId === undefined ? {} : { loginId }),
      ...(id === undefined ? {} : { id }),
      ...(messageId === undefined ? {} : { messageId }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  /** Returns the headers of somebody who may call an endpoint. */
  const allowed = async (endpoint: Endpoint): Promise<Headers> => {
    const { who } = endpoint;
    if (endpoint === ENDPOINTS.changePassword) return register();
    if (endpoint === ENDPOINTS.endLogin) {
      return { Authorization: `Bearer ${(await signIn(server.url)).accessToken}` };
    }
    if (endpoint === ENDPOINTS.rotateKeys) {
      const { accessToken } = await (
        await ask('setUp', {}, { body: JSON.stringify(await bodies.setUp()) })
      ).json();
      return { Authorization: `Bearer ${accessToken}` };
    }
    if (who === 'operator') return { ...THROUGH_PROXY, Authorization: `Bearer ${METRICS_TOKEN}` };
    if (who === 'admin') return token({ role: 'admin' });
    if (who === 'host' || who === 'service' || who === 'service_or_user') return token({ role: 'service' });
    return who === 'all' ? {} : token();
  };
  return { here, there: await room(), token, ask, succeed, allowed };
}

function isOfChat(name: EndpointName): boolean {
  return ENDPOINTS[name].path.startsWith('/rooms/:roomId/chat');
}

/** The id of the login that the token in a header belongs to, if it is a login's. */
function loginOf(headers: Headers): string | undefined {
  return v.parse(v.object({ sid: v.optional(v.string()) }), claimsOf(headers)).sid;
}

function userOf(headers: Headers): string {
  return v.parse(v.object({ sub: v.string() }), claimsOf(headers)).sub;
}

function claimsOf({ Authorization = '' }: Headers): unknown {
  return JSON.parse(Buffer.from(Authorization.split('.')[1] ?? '', 'base64url').toString());
}

/** The token of a reset link, made as the command line makes it: by another process on the same database. */
async function resetTokenFor({ url, config }: TestServer): Promise<string> {
  const { user } = await signIn(url);
  const { resetLinks, close } = openStore(config.databasePath);
  const token = await makeResetToken(user.id as UserId, { resetLinks, clock: systemClock, ids: randomIds });
  close();
  return token;
}

/** The code of a problem that this endpoint may answer. */
async function codeOf(response: Response, { errors }: Endpoint): Promise<string> {
  const { code, status } = v.parse(Problem, await response.json());
  expect(status).toBe(response.status);
  expect([...errors, ...ERRORS_OF_ALL]).toContain(code);
  return code;
}

describe('each endpoint', () => {
  it.each(endpoints)('%s answers whoever may call it, by its schema', async (name, endpoint) => {
    const { succeed, allowed } = await walk(name === 'rotateKeys');
    const response = await succeed(name, await allowed(endpoint));
    expect(response.status).toBe(endpoint.reply.status);
    const content = await response.text();
    const type = response.headers.get('content-type');
    if ('body' in endpoint.reply) {
      expect(type).toBe('application/json; charset=utf-8');
      const { issues, output } = v.safeParse(endpoint.reply.body, JSON.parse(content));
      expect(issues).toBeUndefined();
      expect(output, 'no field besides those of the schema').toEqual(JSON.parse(content));
    } else if ('type' in endpoint.reply) {
      expect(content).not.toBe('');
      if (endpoint.reply.type !== '*/*') expect(type).toBe(endpoint.reply.type);
    } else if (endpoint.reply.status === 302) expect(response.headers.get('location')).not.toBeNull();
    else expect(content).toBe('');
  });

  it.each(endpoints)(
    '[HT5] %s answers every other method with 405 and Allow',
    async (name, { path, head }) => {
      const { ask, token } = await walk();
      const here = new Set(
        endpoints.filter(([, other]) => other.path === path).map(([, { method }]) => method),
      );
      const allow = [...here, ...(here.has('GET') && head !== false ? ['HEAD'] : []), 'OPTIONS'];
      for (const method of [...METHODS, 'HEAD', 'BREW'].filter((other) => !allow.includes(other))) {
        for (const headers of [{}, await token()]) {
          const response = await ask(name, headers, { method });
          expect([method, response.status, response.headers.get('allow')]).toEqual([
            method,
            405,
            allow.join(', '),
          ]);
        }
      }
      const options = await ask(name, {}, { method: 'OPTIONS' });
      expect([options.status, options.headers.get('allow')]).toEqual([204, allow.join(', ')]);
    },
  );

  it.each(forUsers)('[HT3] %s is 401 to a stranger, before the body is looked at', async (name, endpoint) => {
    const { ask } = await walk();
    for (const headers of [{}, { Authorization: 'Basic YTpi' }, { Authorization: 'Bearer a.b.c' }]) {
      const response = await ask(name, headers, endpoint.method === 'POST' ? { body: '{' } : {});
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
      expect(await codeOf(response, endpoint)).toBe('unauthorized');
    }
  });

  it.each(forUsers)('[TK4] %s opens to a token for one room as the table says', async (name, endpoint) => {
    const { here, there, token, succeed } = await walk();
    const { roomToken, reply } = endpoint;
    const forHere = await token({ room: { id: here, admin: endpoint.who === 'host' } });
    const own = await succeed(name, forHere);
    if (roomToken === undefined) {
      expect([own.status, await codeOf(own, endpoint)]).toEqual([403, 'forbidden']);
      return;
    }
    expect(own.status).toBe(reply.status);
    if (roomToken === 'accepted') return;
    const another = await succeed(name, forHere, there);
    expect([another.status, await codeOf(another, endpoint)]).toEqual([403, 'forbidden']);
    const none = await succeed(name, forHere, NOWHERE);
    expect([none.status, await codeOf(none, endpoint)]).toEqual([404, 'room_not_found']);
  });

  it.each(endpoints.filter(([, { who }]) => who === 'self' || who === 'self_or_admin'))(
    '[HT3] %s is 403 for another user, whether that one exists or not, before the body is looked at',
    async (name, endpoint) => {
      const { ask, succeed, token } = await walk();
      await succeed('getSelf', await token());
      for (const [role, id] of [
        ['service', 'zoe'],
        ['service', 'nobody'],
        ...(endpoint.who === 'self' ? [['admin', 'zoe'] as const] : []),
      ] as const) {
        const response = await ask(name, await token({ role }, 'eve'), { id, body: '{' });
        expect([response.status, await codeOf(response, endpoint)]).toEqual([403, 'forbidden']);
      }
      if (endpoint.who === 'self') return;
      const headers = await token({ role: 'admin' }, 'eve');
      expect((await succeed(name, headers)).status).toBe(endpoint.reply.status);
      const nobody = await ask(name, headers, { id: 'nobody', body: '{}' });
      expect([nobody.status, await codeOf(nobody, endpoint)]).toEqual([404, 'user_not_found']);
    },
  );

  it.each(endpoints.filter(([, { who }]) => who === 'service' || who === 'service_or_user'))(
    '[HT3][CT0] %s is 403 for people, hosts and admins too, before the body is looked at',
    async (name, endpoint) => {
      const { ask, succeed, token } = await walk();
      const body = endpoint.method === 'GET' ? {} : { body: '{' };
      for (const role of [undefined, 'admin', 'host', 'Service']) {
        const headers = await token(role === undefined ? {} : { role }, 'eve');
        const response = await ask(name, headers, { id: 'zoe', ...body });
        expect([role, response.status, await codeOf(response, endpoint)]).toEqual([role, 403, 'forbidden']);
      }
      const service = await succeed(name, await token({ role: 'service' }));
      expect(service.status).toBe(endpoint.reply.status);
    },
  );

  it('for operators is 401 to strangers and users, and open to this machine', async () => {
    const { ask, token } = await walk();
    // Before a proxy is seen: from then on it may ask for somebody else.
    expect((await ask('getMetrics', {}, {})).status).toBe(200);
    for (const headers of [{}, await token(), { Authorization: 'Bearer another' }]) {
      const response = await ask('getMetrics', { ...headers, ...THROUGH_PROXY }, {});
      expect([response.status, await codeOf(response, ENDPOINTS.getMetrics)]).toEqual([401, 'unauthorized']);
    }
  });

  it('for operators is 403 from elsewhere without METRICS_TOKEN', async () => {
    const { get } = await startStage();
    const response = await get(ENDPOINTS.getMetrics.path, undefined, THROUGH_PROXY);
    expect([response.status, await codeOf(response, ENDPOINTS.getMetrics)]).toEqual([403, 'forbidden']);
  });

  it.each(withBody)(
    '[HT5] %s refuses a body that is no JSON, no object, or too large',
    async (name, endpoint) => {
      const { ask, allowed } = await walk();
      const bodies = { '{': 'invalid_json', '[]': 'validation_failed', ['"'.repeat(65_537)]: 'too_large' };
      for (const [body, code] of Object.entries(bodies)) {
        expect(await codeOf(await ask(name, await allowed(endpoint), { body }), endpoint)).toBe(code);
      }
    },
  );
});
