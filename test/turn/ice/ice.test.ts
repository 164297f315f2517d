import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { secretKeys } from '../../../src/accounts/keys.ts';
import { mintToken } from '../../../src/accounts/mint.ts';
import { ConnectReply, IceServersReply } from '../../../src/protocol/bodies.ts';
import type { IceServer } from '../../../src/protocol/fields.ts';
import { EXPIRY_WARNING_MS } from '../../../src/signaling/session/session.ts';
import { TURN_CREDENTIAL_SECONDS } from '../../../src/turn/ice/ice.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { SECRET } from '../../support/server/accounts.ts';
import { api, createRoom, signIn } from '../../support/server/api.ts';
import { startServer, type TestServer } from '../../support/server/server.ts';
import { connectRaw, type RawClient } from '../../support/server/ws-client.ts';
import { type RelayServer, startRelayServer } from '../../support/turn/relay-server.ts';
import { TurnClient } from '../../support/turn/turn-client.ts';

/** Deadline (ms) by which a peer that left relays nothing any more. */
const ENDS_MS = 1_000;

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** A peer in a room that relays. */
interface Caller {
  readonly socket: RawClient;
  readonly token: string;
  readonly turn: TurnClient;
}

function connect(server: TestServer, token: string): RawClient {
  const socket = connectRaw({ wsUrl: server.wsUrl, token });
  open.push({ close: () => socket.cut() });
  return socket;
}

async function join(socket: RawClient, roomId: string): Promise<readonly IceServer[]> {
  socket.send('room:join', { roomId });
  return (await socket.next('room:joined')).payload.iceServers;
}

/** Connects as a browser does with the ICE servers of `room:joined`. */
async function allocate(iceServers: readonly IceServer[]): Promise<TurnClient> {
  const turn = iceServers.find(({ credential }) => credential !== undefined);
  const [, host = '', port] = /^turn:(.+):(\d+)\?transport=udp$/.exec([turn?.urls].flat()[0] ?? '') ?? [];
  const credentials = { username: turn?.username ?? '', credential: turn?.credential ?? '' };
  const client = await TurnClient.connect({ host, port: Number(port), credentials });
  open.push(client);
  await client.allocate();
  return client;
}

interface CallOfTwo {
  readonly ann: Caller;
  readonly ben: Caller;
  readonly roomId: string;
}

/** Ann and Ben, who relay to each other in Ben's room. */
async function callOfTwo(server: RelayServer): Promise<CallOfTwo> {
  const [annToken, benToken] = [await signIn(server.url), await signIn(server.url)].map(
    ({ accessToken }) => accessToken,
  ) as [string, string];
  const { id: roomId } = await createRoom(server.url, benToken);
  const caller = async (token: string): Promise<Caller> => {
    const socket = connect(server, token);
    return { socket, token, turn: await allocate(await join(socket, roomId)) };
  };
  return { ann: await caller(annToken), ben: await caller(benToken), roomId };
}

describe('the relay and the sessions', () => {
  async function start(environment = {}): Promise<RelayServer> {
    const server = await startRelayServer([], environment);
    open.push(server);
    return server;
  }

  /** Waits until Ann's allocation has ended; Ben's must go on. */
  async function expectOnlyBenRelays(server: RelayServer, { ann, ben }: CallOfTwo): Promise<void> {
    await expect
      .poll(
        () =>
          ann.turn.refresh().then(
            () => 'relays',
            ({ code }) => code,
          ),
        { interval: 20, timeout: ENDS_MS },
      )
      .toBe(401);
    await expect.poll(() => server.figure('parley_turn_allocations'), { timeout: 10_000 }).toBe(1);
    expect(await ben.turn.refresh()).toBeGreaterThan(0);
  }

  const putOut = async (ann: Caller, ben: Caller, ban: boolean) => {
    await ben.socket.request('room:kick', { peerId: (await ann.socket.welcome).payload.peerId, ban });
    await ann.socket.closed;
  };

  const logOut = async (server: RelayServer, { socket, token }: Caller) => {
    const headers = { Authorization: `Bearer ${token}` };
    expect((await fetch(`${server.url}/auth/logout`, { method: 'POST', headers })).status).toBe(204);
    await socket.closed;
  };

  it.each<[string, (call: CallOfTwo, server: RelayServer) => Promise<unknown>]>([
    ['[RM3] who leaves the room', ({ ann }) => ann.socket.request('room:leave')],
    [
      '[SE6] who ends the session',
      ({ ann: { socket } }) => {
        socket.send('session:bye');
        return socket.closed;
      },
    ],
    [
      '[SE2] who closes the tab',
      ({ ann: { socket } }) => {
        socket.socket.close(1001);
        return socket.closed;
      },
    ],
    ['who logs out', ({ ann }, server) => logOut(server, ann)],
    ['[RM6] who is put out', ({ ann, ben }) => putOut(ann, ben, false)],
    ['[RM6] who is banned', ({ ann, ben }) => putOut(ann, ben, true)],
  ])('%s relays no more', async (_, go) => {
    const server = await start();
    const call = await callOfTwo(server);
    await go(call, server);
    await expectOnlyBenRelays(server, call);
  });

  it('[RM6] ends relaying for everyone in a room that is closed', async () => {
    const server = await start();
    const { ann, ben } = await callOfTwo(server);
    await ben.socket.request('room:close');
    for (const { turn } of [ann, ben]) {
      const ended = () => turn.refresh().catch(({ code }) => code);
      await expect.poll(ended, { interval: 20, timeout: ENDS_MS }).toBe(401);
    }
    await expect.poll(() => server.figure('parley_turn_allocations'), { timeout: 10_000 }).toBe(0);
  });

  it('keeps credentials got by HTTP until that login logs out, and those of others', async () => {
    const server = await start({ DIRECT_CALLS: 'on' });
    const { accessToken: token } = await signIn(server.url);
    const call = await callOfTwo(server);
    const turn = await allocate(await overHttp(server, token));
    expect(await turn.refresh()).toBeGreaterThan(0);
    const headers = { Authorization: `Bearer ${token}` };
    expect((await fetch(`${server.url}/auth/logout`, { method: 'POST', headers })).status).toBe(204);
    const ended = () => turn.refresh().catch(({ code }) => code);
    await expect.poll(ended, { interval: 20, timeout: ENDS_MS }).toBe(401);
    for (const { turn: theirs } of [call.ann, call.ben]) expect(await theirs.refresh()).toBeGreaterThan(0);
  });

  it('[SE4] keeps relaying for a lost connection until the resume window has passed', async () => {
    const server = await start({ RESUME_WINDOW_MS: '1500' });
    const call = await callOfTwo(server);
    call.ann.socket.cut();
    await call.ben.socket.next('peer:suspended');
    expect(await call.ann.turn.refresh()).toBeGreaterThan(0);
    await call.ben.socket.next('peer:left');
    await expectOnlyBenRelays(server, call);
  });

  it('relays again for a peer that comes back into the room', async () => {
    const server = await start();
    const { ann, roomId } = await callOfTwo(server);
    await ann.socket.request('room:leave');
    const again = await allocate(await join(ann.socket, roomId));
    expect(await again.refresh()).toBeGreaterThan(0);
  });
});

/** An access token of another issuer's user, who may call directly by default, for servers with this JWT_SECRET. */
async function external(sub: string, roomId?: string): Promise<string> {
  const minting = { keys: await secretKeys(SECRET), issuer: 'parley', audience: 'parley', now: Date.now() };
  const room = roomId === undefined ? {} : { room: { id: roomId, admin: false } };
  return mintToken({ sub, ...room }, { ...minting, lifetimeSeconds: 3_600 });
}

async function overHttp(server: TestServer, token: string): Promise<readonly IceServer[]> {
  return (await api(server.url, '/ice-servers', { reply: IceServersReply, token })).iceServers;
}

async function overConnect(server: TestServer, token: string, roomId: string): Promise<readonly IceServer[]> {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' };
  const reply = await fetch(`${server.url}/connect/${roomId}`, { headers });
  return v.parse(ConnectReply, await reply.json()).iceServers;
}

const credentialsIn = (iceServers: readonly IceServer[]) =>
  iceServers.filter(({ credential }) => credential !== undefined).length;

describe('[CA6] relay credentials over HTTP', () => {
  async function start(environment = {}): Promise<RelayServer> {
    const server = await startRelayServer([], environment);
    open.push(server);
    return server;
  }

  async function expectEnded(turn: TurnClient): Promise<void> {
    const ended = () => turn.refresh().catch(({ code }) => code);
    await expect.poll(ended, { interval: 20, timeout: ENDS_MS }).toBe(401);
  }

  it('go to guests only inside a room; others get only STUN', async () => {
    const server = await start();
    const { accessToken: token } = await signIn(server.url);
    const { id: roomId } = await createRoom(server.url, token);
    const socket = connect(server, token);
    await socket.welcome;
    for (const ask of [() => overHttp(server, token), () => overConnect(server, token, roomId)]) {
      const outside = await ask();
      expect([credentialsIn(outside), JSON.stringify(outside)]).toEqual([0, expect.stringMatching(/"stun:/)]);
    }
    await join(socket, roomId);
    expect(credentialsIn(await overHttp(server, token))).toBe(1);
    expect(credentialsIn(await overConnect(server, token, roomId))).toBe(1);
    await socket.request('room:leave');
    expect(credentialsIn(await overHttp(server, token))).toBe(0);
  });

  it.each<[string, (call: CallOfTwo, server: RelayServer) => Promise<unknown>]>([
    ['[RM3] a leave', ({ ann }) => ann.socket.request('room:leave')],
    [
      '[RM6] a kick',
      async ({ ann, ben }) =>
        ben.socket.request('room:kick', { peerId: (await ann.socket.welcome).payload.peerId }),
    ],
    [
      '[RM6] a ban',
      async ({ ann, ben }) =>
        ben.socket.request('room:kick', { peerId: (await ann.socket.welcome).payload.peerId, ban: true }),
    ],
    ['[RM6] a closed room', ({ ben }) => ben.socket.request('room:close')],
    [
      '[SE6] the end of the session',
      ({ ann: { socket } }) => {
        socket.send('session:bye');
        return socket.closed;
      },
    ],
  ])('end with %s, and there are no new ones', async (_, go) => {
    const server = await start();
    const call = await callOfTwo(server);
    const { token } = call.ann;
    const turns = [
      await allocate(await overHttp(server, token)),
      await allocate(await overConnect(server, token, call.roomId)),
    ];
    await go(call, server);
    for (const turn of turns) await expectEnded(turn);
    expect(credentialsIn(await overHttp(server, token))).toBe(0);
  });

  it('of one of two tabs stay valid when the other leaves its room', async () => {
    const server = await start();
    const { accessToken: token } = await signIn(server.url);
    const rooms = [await createRoom(server.url, token), await createRoom(server.url, token)];
    const tabs = await Promise.all(
      rooms.map(async ({ id }) => {
        const socket = connect(server, token);
        return { id, socket, own: await allocate(await join(socket, id)) };
      }),
    );
    const [one, other] = tabs;
    if (one === undefined || other === undefined) throw new Error('two tabs');
    const over = [
      await allocate(await overConnect(server, token, one.id)),
      await allocate(await overConnect(server, token, other.id)),
    ];
    await other.socket.request('room:leave');
    await Promise.all([other.own, over[1]].map((turn) => turn && expectEnded(turn)));
    expect(await one.own.refresh()).toBeGreaterThan(0);
    expect(await over[0]?.refresh()).toBeGreaterThan(0);
    expect(credentialsIn(await overHttp(server, token))).toBe(1);
  });

  it('end with the logout of their login', async () => {
    const server = await start();
    const call = await callOfTwo(server);
    const turn = await allocate(await overHttp(server, call.ann.token));
    const headers = { Authorization: `Bearer ${call.ann.token}` };
    await fetch(`${server.url}/auth/logout`, { method: 'POST', headers });
    await expectEnded(turn);
    expect((await fetch(`${server.url}/ice-servers`, { headers })).status).toBe(401);
  });

  it('go to users who may call directly, even outside a room, until the session ends', async () => {
    const server = await start({ JWT_SECRET: SECRET });
    const token = await external('dora');
    expect(credentialsIn(await overHttp(server, token))).toBe(1);
    const socket = connect(server, token);
    await socket.welcome;
    const turn = await allocate(await overHttp(server, token));
    socket.send('session:bye');
    await expectEnded(turn);
  });

  it.each([
    ['off', 0, 0],
    ['users', 1, 0],
    ['on', 1, 1],
  ])('follow DIRECT_CALLS=%s: %i for users, %i for guests', async (setting, users, guests) => {
    const server = await start({ JWT_SECRET: SECRET, DIRECT_CALLS: setting });
    const { accessToken: guest } = await signIn(server.url);
    expect(credentialsIn(await overHttp(server, await external('emil')))).toBe(users);
    expect(credentialsIn(await overHttp(server, guest))).toBe(guests);
  });

  it('[TK4] go to a token for one room only inside that room', async () => {
    const server = await start({ JWT_SECRET: SECRET });
    const plain = await external('fay');
    const [inside, elsewhere] = [await createRoom(server.url, plain), await createRoom(server.url, plain)];
    const [token, other] = [await external('fay', inside.id), await external('fay', elsewhere.id)];
    expect(credentialsIn(await overHttp(server, token))).toBe(0);
    const socket = connect(server, token);
    await join(socket, inside.id);
    expect(credentialsIn(await overHttp(server, token))).toBe(1);
    expect(credentialsIn(await overHttp(server, other))).toBe(0);
  });
});

describe('credentials that run out', () => {
  const LIFE_MS = TURN_CREDENTIAL_SECONDS * 1_000;
  const HOURS = 4;

  it('are followed by new ones a minute before, as long as the session is in a room', async () => {
    const clock = new FakeClock();
    const server = await startServer(
      {
        TURN_URLS: 'turn:turn.example.org:3478',
        JWT_SECRET: SECRET,
        // Time passes in hours here, without answers to pings.
        HEARTBEAT_MS: '86400000',
      },
      { clock },
    );
    open.push(server);
    const keys = await secretKeys(SECRET);
    const minting = { keys, issuer: 'parley', audience: 'parley', now: clock.now() };
    const token = await mintToken({ sub: 'ann' }, { ...minting, lifetimeSeconds: HOURS * 3_600 });
    const { id } = await createRoom(server.url, token);
    const ann = connect(server, token);

    let [known] = await join(ann, id);
    for (const _ of [1, 2]) {
      clock.advance(LIFE_MS - EXPIRY_WARNING_MS - 1_000);
      await ann.settled();
      expect(ann.events()).not.toContain('ice:servers');
      clock.advance(1_000);
      const { payload } = await ann.next('ice:servers');
      const [fresh] = payload.iceServers;
      expect(Date.parse(payload.expiresAt)).toBe(clock.now() + LIFE_MS);
      expect(fresh?.username).toMatch(new RegExp(`^${(clock.now() + LIFE_MS) / 1_000}:`));
      expect(fresh?.credential).not.toBe(known?.credential);
      known = fresh;
      ann.frames.length = 0;
    }
    await ann.request('room:leave');
    clock.advance(LIFE_MS);
    await ann.settled();
    expect(ann.events()).not.toContain('ice:servers');
  });
});
