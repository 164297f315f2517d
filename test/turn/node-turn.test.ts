import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { ATTRIBUTE, CLASS, METHOD } from '../../src/turn/codec/attributes.ts';
import { attributeOf, decodeMessage } from '../../src/turn/codec/message.ts';
import { MessageWriter } from '../../src/turn/codec/message-writer.ts';
import { longTermKey } from '../../src/turn/core/requests/authentication.ts';
import { freePort, type Running, start } from '../support/server/process.ts';
import { startRelay, type TestRelay } from '../support/turn/relay.ts';
import { type At, TurnClient } from '../support/turn/turn-client.ts';

/**
 * Why Parley has its own relay: defects of node-turn 0.0.6, each checked on it and on ours. node-turn runs in a process of its
 * own, because one of the defects ends the process.
 */
const SCRIPT = `
  const Turn = require('node-turn');
  new Turn({
    authMech: 'long-term', realm: 'parley', credentials: { ann: 'password' }, debugLevel: 'OFF',
    listeningIps: ['127.0.0.1'], relayIps: ['127.0.0.1'], listeningPort: Number(process.argv[1]),
  }).start();
  setTimeout(() => console.log('listens'), 200);
`;

const open: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

const ANN = { username: 'ann', credential: 'password' };

interface Server {
  readonly port: number;
  /** Whether its process is running. */
  alive(): boolean;
}

async function nodeTurn(): Promise<Server> {
  const port = await freePort();
  const running: Running = start(process.execPath, ['-e', SCRIPT, String(port)]);
  open.push(running);
  await running.says(/listens/);
  return { port, alive: () => running.alive() };
}

async function ours(): Promise<Server> {
  const relay: TestRelay = await startRelay({
    ltCredMech: true,
    users: new Map([['ann', { kind: 'password', password: 'password' }]]),
  });
  open.push({ stop: () => relay.close() });
  return { port: relay.endpoint.port, alive: () => relay.relay.restarts() === 0 };
}

async function client(
  { port }: Server,
  { username, credential } = ANN,
  deadline = 1000,
): Promise<TurnClient> {
  const connected = await TurnClient.connect({
    host: '127.0.0.1',
    port,
    credentials: { username, credential },
    deadline,
  });
  open.push({ stop: () => connected.close() });
  return connected;
}

/** A peer that records what it receives. */
async function peer() {
  const socket = createSocket('udp4');
  open.push({ stop: () => void socket.close() });
  const port = await new Promise<number>((resolve) => {
    socket.bind(0, '127.0.0.1', () => resolve(socket.address().port));
  });
  const at: At = { address: '127.0.0.1', port };
  return {
    at,
    send: (data: string, to: At) => socket.send(data, to.port, to.address),
    heard: () =>
      new Promise<string>((resolve) => {
        const timer = setTimeout(() => resolve('nothing'), 5000);
        socket.once('message', (data) => {
          clearTimeout(timer);
          resolve(data.toString());
        });
      }),
  };
}

/** The result of a signed Allocate with that nonce: `in`, or the error code. */
async function allocateWithNonce(port: number, nonce: string): Promise<unknown> {
  const request = new MessageWriter(METHOD.allocate, CLASS.request, Buffer.alloc(12, 7))
    .uint32(ATTRIBUTE.requestedTransport, 17 * 2 ** 24)
    .text(ATTRIBUTE.username, ANN.username)
    .text(ATTRIBUTE.realm, 'parley')
    .text(ATTRIBUTE.nonce, nonce)
    .finish(longTermKey(ANN.username, 'parley', ANN.credential), false);
  const socket = createSocket('udp4');
  open.push({ stop: () => void socket.close() });
  const answered = once(socket, 'message', { signal: AbortSignal.timeout(5000) });
  socket.send(request, port, '127.0.0.1');
  const [bytes] = await answered;
  const answer = decodeMessage(bytes);
  if (answer?.class === CLASS.success) return 'in';
  const [, , hundreds = 0, rest = 0] = (answer && attributeOf(answer, ATTRIBUTE.errorCode)) ?? [];
  return hundreds * 100 + rest;
}

/** Whether a UDP port of 127.0.0.1 is free. */
function canBind(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.close();
      resolve(true);
    });
  });
}

const said = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => (error instanceof Error ? error.message : error));

interface Finding {
  readonly what: string;
  ask(server: Server): Promise<unknown>;
  readonly nodeTurn: unknown;
  readonly ours: unknown;
}

const FINDINGS: readonly Finding[] = [
  {
    what: 'a user named constructor, whose password is the text of the Object function, gets in',
    ask: async (server) => {
      const stranger = await client(server, { username: 'constructor', credential: String(Object) });
      return said(stranger.allocate().then(() => 'in'));
    },
    nodeTurn: 'in',
    ours: 'the TURN server answered 401',
  },
  {
    what: 'the nonce constructor is good at once',
    ask: ({ port }) => allocateWithNonce(port, 'constructor'),
    nodeTurn: 'in',
    ours: 438,
  },
  {
    what: 'a Refresh ends the allocation',
    ask: async (server) => {
      const guest = await client(server);
      await guest.allocate();
      return said(guest.refresh());
    },
    nodeTurn: 0,
    ours: 600,
  },
  {
    what: 'the answer to a ChannelBind has no MESSAGE-INTEGRITY',
    ask: async (server) => {
      const guest = await client(server);
      await guest.allocate();
      return said(guest.bind(0x4000, { address: '127.0.0.1', port: 9 }));
    },
    nodeTurn: 'a success response without its MESSAGE-INTEGRITY: browsers discard it',
    ours: undefined,
  },
  {
    what: "ChannelData from the client doesn't arrive",
    ask: async (server) => {
      const guest = await client(server);
      const friend = await peer();
      await guest.allocate();
      await said(guest.bind(0x4000, friend.at));
      guest.sendChannel(0x4000, Buffer.from('hello'));
      return friend.heard();
    },
    nodeTurn: 'nothing',
    ours: 'hello',
  },
  {
    what: 'one empty datagram from a peer ends the process',
    ask: async (server) => {
      const guest = await client(server);
      const friend = await peer();
      const at = await guest.allocate();
      await guest.permit(friend.at);
      friend.send('', at);
      friend.send('and then', at);
      await said(guest.next());
      await said(guest.binding());
      return server.alive();
    },
    nodeTurn: false,
    ours: true,
  },
  {
    what: 'the relay socket of an allocation that ended stays open',
    ask: async (server) => {
      const guest = await client(server, ANN, 10_000);
      const { port } = await guest.allocate();
      await said(guest.refresh(0));
      return canBind(port);
    },
    nodeTurn: false,
    ours: true,
  },
  {
    what: 'one user gets as many allocations as it asks for',
    ask: async (server) => {
      let made = 0;
      for (let count = 0; count < 60; count++) {
        const guest = await client(server, ANN, 10_000);
        made += await guest.allocate().then(
          () => 1,
          () => 0,
        );
      }
      return made;
    },
    nodeTurn: 60,
    ours: 48,
  },
  {
    what: 'there is no TCP',
    ask: ({ port }) =>
      said(
        TurnClient.connect({ host: '127.0.0.1', port, transport: 'tcp', credentials: ANN }).then((guest) => {
          guest.close();
          return 'connected';
        }),
      ),
    nodeTurn: expect.stringContaining('ECONNREFUSED'),
    ours: 'connected',
  },
];

describe('what node-turn 0.0.6 does and our relay does not', () => {
  it.each(FINDINGS)('node-turn: $what', async ({ ask, nodeTurn: expected }) => {
    expect(await ask(await nodeTurn())).toEqual(expected);
  });

  it.each(FINDINGS)('not ours: $what', async ({ ask, ours: expected }) => {
    expect(await ask(await ours())).toEqual(expected);
  });

  it.each([
    ['loopback', '127.0.0.1'],
    ['link-local, where clouds keep their secrets', '169.254.169.254'],
    ['multicast', '224.0.0.1'],
  ])('it allows peers that nobody should reach: %s', async (_what, address) => {
    const careless = await client(await nodeTurn());
    await careless.allocate();
    await expect(careless.permit({ address, port: 9 })).resolves.toBeUndefined();
    const relay = await startRelay({ allowLoopbackPeers: false });
    open.push({ stop: () => relay.close() });
    const server = { port: relay.endpoint.port, alive: () => true };
    const careful = await client(server, relay.credentials('guest'));
    await careful.allocate();
    await expect(careful.bind(0x4000, { address, port: 9 })).rejects.toMatchObject({ code: 403 });
  });
});
