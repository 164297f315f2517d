import { afterEach, describe, expect, it } from 'vitest';
import { TESTS_PER_MINUTE } from '../../../src/http/routes/ice-servers.ts';
import { IceServersReply } from '../../../src/protocol/bodies.ts';
import { api } from '../../support/server/api.ts';
import { startServer, type TestServer } from '../../support/server/server.ts';
import { type RelayServer, startRelayServer } from '../../support/turn/relay-server.ts';
import { TurnClient } from '../../support/turn/turn-client.ts';
import type { Transport } from '../../support/turn/turn-wire.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function started<Server extends TestServer>(starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  open.push(server);
  return server;
}

const ask = (server: TestServer) => api(server.url, '/ice-servers?for=test', { reply: IceServersReply });

/** Connects to the relay as a stranger does. */
async function connect(server: RelayServer, transport: Transport): Promise<TurnClient> {
  const { iceServers } = await ask(server);
  const turn = iceServers.find(({ credential }) => credential !== undefined);
  const url = [turn?.urls ?? []].flat().find((text) => text.endsWith(`=${transport}`)) ?? '';
  const [, host = '', port] = /^turn:(.+):(\d+)\?/.exec(url) ?? [];
  const credentials = { username: turn?.username ?? '', credential: turn?.credential ?? '' };
  const client = await TurnClient.connect({ host, port: Number(port), transport, credentials });
  open.push(client);
  return client;
}

describe('GET /ice-servers?for=test', () => {
  it('gives a stranger STUN, TURN, and credentials of 60 s', async () => {
    const server = await started(startRelayServer());
    const before = Date.now();
    const { iceServers, expiresAt } = await ask(server);
    const lifetime = Date.parse(expiresAt) - before;
    expect(lifetime).toBeGreaterThan(58_000);
    expect(lifetime).toBeLessThanOrEqual(60_000 + (Date.now() - before));
    expect(iceServers.map(({ urls }) => [urls].flat().map((url) => url.split(':')[0]))).toEqual([
      ['stun'],
      ['turn', 'turn'],
    ]);
    const again = await ask(server);
    expect(again.iceServers[1]?.username).not.toBe(iceServers[1]?.username);
  });

  it.each<Transport>(['udp', 'tcp'])(
    'leads to a relay over %s that allocates for 60 s, and permits no peer outside',
    async (transport) => {
      const server = await started(startRelayServer());
      const client = await connect(server, transport);
      await client.allocate();
      expect(await client.refresh(600)).toBeLessThanOrEqual(60);
      await expect(client.permit({ address: '192.0.2.1', port: 9 })).rejects.toMatchObject({ code: 403 });
    },
  );

  it('gives STUN only if clients get another relay, and nothing without a relay', async () => {
    const urls = 'stun:stun.example.org,turn:turn.example.org';
    const other = await ask(await started(startServer({ TURN: 'off', TURN_URLS: urls })));
    expect(other.iceServers).toEqual([{ urls: ['stun:stun.example.org'] }]);
    expect((await ask(await started(startServer({ TURN: 'off' })))).iceServers).toEqual([]);
  });

  it('is 429 with Retry-After beyond TESTS_PER_MINUTE', async () => {
    const server = await started(startServer({ TURN: 'off' }));
    for (let count = 0; count < TESTS_PER_MINUTE; count++) await ask(server);
    const refused = await fetch(`${server.url}/ice-servers?for=test`);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
