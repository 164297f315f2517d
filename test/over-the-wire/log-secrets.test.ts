import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/server/database.ts';
import { freePort } from '../support/server/process.ts';
import { startFlags } from '../support/server/start-flags.ts';
import { RawClient } from '../support/server/ws-client.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const PASSWORD = 'correct horse battery staple';
const ROOM_PASSWORD = 'friends only please';
const TEXT = 'meet me behind the old mill';
const METRICS_TOKEN = 'metrics-token-that-nobody-may-read';
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const SDP = 'v=0 ice-pwd:topsecretcandidate';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The built server at LOG_LEVEL=debug, with what it writes to stdout and stderr. */
async function startDebugging() {
  const port = await freePort();
  const env = {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_PATH: `${temporaryFolder()}/parley.db`,
    LOG_LEVEL: 'debug',
    TURN: 'off',
    METRICS_TOKEN,
    WEBHOOK_URLS: 'http://127.0.0.1:9/hook',
    WEBHOOK_SECRET,
  };
  const child = spawn(process.execPath, [...startFlags(), MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  await expect.poll(() => said.out, { timeout: 20_000 }).toContain('"message":"listening"');
  const url = `http://127.0.0.1:${port}`;
  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const reply = await fetch(`${url}${path}`, init);
    const text = await reply.text();
    return {
      status: reply.status,
      requestId: reply.headers.get('x-request-id'),
      body: text.startsWith('{') ? JSON.parse(text) : text,
    };
  }
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
  return { url, wsUrl: url.replace('http', 'ws'), said, ask, stop, pid: child.pid ?? 0 };
}

it('the log at debug is JSON alone, has a line for each request, and no secret and no text of a message', async () => {
  const { wsUrl, said, ask, stop, pid } = await startDebugging();
  const secrets = new Set([
    PASSWORD,
    ROOM_PASSWORD,
    TEXT,
    METRICS_TOKEN,
    WEBHOOK_SECRET,
    'topsecretcandidate',
  ]);
  const keep = ({ accessToken, refreshToken }: Tokens): string => {
    for (const token of [accessToken, refreshToken]) secrets.add(token);
    return accessToken;
  };
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const setup = /#token=(\S+)/.exec(said.err)?.[1] ?? '';
  expect(setup).not.toBe('');
  secrets.add(setup);

  const account = { email: 'ann@example.org', password: PASSWORD, username: 'ann', displayName: 'Ann' };
  const made = await ask('POST', '/setup', { token: setup, ...account });
  expect(made.status).toBe(201);
  const ann = keep(made.body);
  await ask('POST', '/auth/login', { email: account.email, password: `${PASSWORD}, but wrong` });
  const login = (await ask('POST', '/auth/login', { email: account.email, password: PASSWORD })).body;
  keep(login);
  keep((await ask('POST', '/auth/refresh', { refreshToken: login.refreshToken })).body);
  const ben = keep((await ask('POST', '/auth/guest', { displayName: 'Ben' })).body);
  const room = (await ask('POST', '/rooms', { name: 'Tea', password: ROOM_PASSWORD }, bearer(ann))).body.room;
  const invitation = (await ask('POST', `/rooms/${room.id}/invitations`, { uses: 1 }, bearer(ann))).body;
  secrets.add(/[=/]([^=/]+)$/.exec(invitation.url)?.[1] ?? '');
  await ask('POST', `/rooms/${room.id}/join`, { password: `${ROOM_PASSWORD}!` }, bearer(ben));
  await ask('POST', `/rooms/${room.id}/join`, { password: ROOM_PASSWORD }, bearer(ben));
  await ask('GET', `/auth/me?access_token=${ann}`, undefined, bearer(`${ann}x`));
  await ask('GET', `/${ann}?token=${ann}`);
  await ask('GET', '/metrics', undefined, bearer(`${METRICS_TOKEN}-no`));
  await ask('GET', '/metrics', undefined, bearer(METRICS_TOKEN));
  await ask('GET', '/ice-servers', undefined, bearer(ann));
  await ask('POST', '/auth/login', `{"password": "${PASSWORD}"`);

  const first = new RawClient({ wsUrl, path: `/ws?token=${ann}` });
  const second = new RawClient({ wsUrl, token: ben });
  const welcomes = [(await first.welcome).payload, (await second.welcome).payload];
  for (const { resumeToken } of welcomes) secrets.add(resumeToken);
  for (const client of [first, second]) {
    expect((await client.request('room:join', { roomId: room.id, password: ROOM_PASSWORD })).event).toBe(
      'room:joined',
    );
  }
  await first.request('chat', { message: TEXT });
  await first.request('chat', { message: TEXT, replyTo: TEXT });
  await first.request('room:data', { key: 'plan', value: TEXT });
  await first.request('call:offer', { to: welcomes[1]?.peerId, sdp: SDP });
  await first.request('call:ice', { to: 'nobody', candidate: SDP });
  await first.request('peer:update', { displayName: 'Ann', userInfo: { note: TEXT } });
  await first.request(TEXT, { token: ann });
  first.sendText(`{"event": "chat", "payload": {"message": "${TEXT}"`);
  await first.request('session:token', { token: `${ann}x` });
  await first.request('ping');
  process.kill(pid, 'SIGUSR2');
  const last = await ask('GET', `/rooms/${room.id}/chat`, undefined, bearer(ann));
  expect(last.body.items).toHaveLength(1);
  await expect.poll(() => said.out, { timeout: 20_000 }).toContain('"message":"stats"');
  await stop();

  const lines = said.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const line of lines) {
    expect(line).toMatchObject({
      time: expect.any(String),
      level: expect.any(String),
      message: expect.any(String),
    });
  }
  const requests = lines.filter(({ message }) => message === 'request');
  expect(requests.filter(({ route }) => route === '/auth/login').map(({ status }) => status)).toEqual([
    401, 200, 400,
  ]);
  expect(requests.filter(({ requestId }) => requestId === last.requestId)).toMatchObject([
    { level: 'debug', method: 'GET', route: '/rooms/:roomId/chat', status: 200, ms: expect.any(Number) },
  ]);
  expect(requests.filter(({ route }) => route === '/ws').map(({ status }) => status)).toEqual([101, 101]);
  expect(requests.filter(({ route }) => route === null)).toHaveLength(1);
  expect(new Set(requests.map(({ requestId }) => requestId)).size).toBe(requests.length);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(10);
    expect(said.out).not.toContain(secret);
  }
});
