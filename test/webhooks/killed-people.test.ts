import { expect, it, onTestFinished } from 'vitest';
import { pick, seededRandom } from '../../src/load/random.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { type ParleyProcess, startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';
import { RawClient } from '../support/server/ws-client.ts';
import { until } from '../support/until.ts';
import { believe } from './pairing.ts';
import { SECRET, said, startReceiver } from './receiver.ts';

/** How the server ends after each round. */
const ENDS = ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGKILL'] as const;
const STEPS = 40;
const USERS = 4;
/** Clients at a time. */
const CLIENTS = 12;

interface Client {
  readonly token: string;
  socket: RawClient;
  resumeToken: string;
}

it('[CT5] a backend counts right who is inside, whatever kills the server', async () => {
  const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`killed people: seed ${seed}`);
  const random = seededRandom(seed);
  const receiver = await startReceiver();
  const environment = {
    ...{ PORT: String(await freePort()), DATABASE_PATH: temporaryDatabase(), RESUME_WINDOW_MS: '2000' },
    ...{ SESSIONS_PER_USER: '1000' },
    ...{ WEBHOOK_URLS: receiver.url(), WEBHOOK_SECRET: SECRET },
  };
  let server: ParleyProcess = await startParley(environment);
  onTestFinished(() => server.stop('SIGKILL'));
  const { url } = server;
  const wsUrl = url.replace('http', 'ws');
  const tokens: string[] = [];
  for (let n = 0; n < USERS; n += 1)
    tokens.push((await signIn(url, { displayName: `User ${n}` })).accessToken);
  const rooms = [await createRoom(url, tokens[0] ?? ''), await createRoom(url, tokens[0] ?? '')];
  const clients: Client[] = [];

  async function enter(): Promise<void> {
    const token = pick(random, tokens) ?? '';
    const socket = new RawClient({ wsUrl, token });
    const { resumeToken } = (await socket.welcome).payload;
    await socket.request('room:join', { roomId: pick(random, rooms)?.id });
    clients.push({ token, socket, resumeToken });
  }
  async function resume(client: Client): Promise<void> {
    client.socket.cut();
    const resume = { token: client.resumeToken, lastSeq: client.socket.lastSeq };
    client.socket = new RawClient({ wsUrl, token: client.token, resume });
    const { resumeToken, resumed } = (await client.socket.welcome).payload;
    client.resumeToken = resumeToken;
    if (!resumed) await client.socket.request('room:join', { roomId: pick(random, rooms)?.id });
  }
  async function step(): Promise<void> {
    const client = pick(random, clients);
    const what = random();
    const isFull = clients.length >= CLIENTS;
    if (client === undefined || (what < 0.4 && !isFull)) return enter();
    if (what > 0.4 && what < 0.6) return client.socket.cut();
    if (what > 0.6 && what < 0.8) return resume(client);
    if (what > 0.8 && what < 0.9) return client.socket.send('room:leave');
    client.socket.send('session:bye');
    clients.splice(clients.indexOf(client), 1);
  }
  const events = () =>
    [...new Map(receiver.received.map((one) => [said(one).id, said(one)])).values()] as const;

  for (const end of ENDS) {
    for (let n = 0; n < STEPS; n += 1) await step();
    await server.stop(end);
    server = await startParley(environment);
    // Some come back; in a process that was killed, nobody finds a session.
    for (const client of clients) if (random() < 0.5) await resume(client);
  }
  for (const { socket } of clients) socket.cut();
  await until(() => [...believe(events()).rooms.values()].every(({ peers }) => peers.length === 0));
  await until(() => [...believe(events()).rooms.values()].every(({ callId }) => callId === undefined));
  expect(believe(events()).faults).toEqual([]);
  expect(events().filter(({ type }) => type === 'participant.joined').length).toBeGreaterThan(CLIENTS);
  expect(events().filter(({ type }) => type === 'call.ended').length).toBeGreaterThan(ENDS.length / 2);
});
