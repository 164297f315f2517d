import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../src/config/config.ts';
import { DRAIN_MS } from '../src/drain.ts';
import { MeReply } from '../src/protocol/bodies.ts';
import { SECRET } from './support/server/accounts.ts';
import { api, signIn } from './support/server/api.ts';
import { BUILT } from './support/server/built.ts';
import { temporaryDatabase, temporaryFolder } from './support/server/database.ts';
import { connectRaw } from './support/server/ws-client.ts';
import { until } from './support/until.ts';

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

const ROOM = '33333333-3333-4333-8333-333333333333';

describe('the command line', () => {
  it('tells its version and its commands', async () => {
    const { code, out } = await run(['version']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^parley 0\.1\.0\ncommit ([0-9a-f]{40}|unknown)\nNode \d+\.\d+\.\d+\nuWebSockets\.js \d\S+\nSQLite 3\.\S+\nkoffi \d\S+\n$/,
    );
    expect((await run(['--version'])).out).toBe(out);
    const help = await run(['help']);
    expect(help.code).toBe(0);
    expect(help.out).toContain('parley keys rotate');
  });

  it.each([
    [['dance']],
    [['keys']],
    [['keys', 'dance']],
    [['serve', '--dance']],
    [['--dance']],
    [['version', 'x']],
    [['check-config', 'x']],
  ])('refuses %j with the help and exit code 2', async (argv) => {
    const { code, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toContain(`parley knows no command "${argv.join(' ')}"`);
    expect(err).toContain('parley keys rotate');
  });

  it('refuses an option that the command does not know with the help and exit code 2', async () => {
    const { code, err } = await run(['token', '--dance'], { JWT_SECRET: SECRET });
    expect(code).toBe(2);
    expect(err).toContain("Unknown option '--dance'");
    expect(err).toContain('parley keys rotate');
    expect(err).not.toContain('    at ');
  });

  it('says which setting is wrong, without a stack', async () => {
    expect(await run(['serve'], { PORT: 'http' })).toEqual({
      code: 1,
      out: '',
      err: 'PORT is "http": expected a whole number from 0 to 65535\n',
    });
  });

  it('checks the settings without starting: everything that is wrong, or exit code 0', async () => {
    const file = join(temporaryFolder(), 'turnserver.conf');
    writeFileSync(file, 'realm=here\nmin-port=many\n');
    const wrong = await run(['check-config'], { PORT: 'http', HOST: '', TURN_CONFIG: file });
    expect(wrong.code).toBe(1);
    expect(wrong.out).toBe('');
    expect(wrong.err).toMatch(
      /^PORT is "http": expected .*\n\S+turnserver\.conf:2: min-port is "many": .*\n$/,
    );
    expect(await run(['check-config'])).toEqual({ code: 0, out: 'The settings are valid.\n', err: '' });
  });

  it('[TK1] [TK4] makes a token that a server with the same secret accepts', async () => {
    const made = await run(['token', '--sub', 'ann', '--name', 'Ann', '--service'], {
      JWT_SECRET: SECRET,
    });
    expect(made.code).toBe(0);
    const { url } = await serve({ JWT_SECRET: SECRET });
    const { user } = await api(url, '/auth/me', { reply: MeReply, token: made.out.trim() });
    expect(user).toMatchObject({ id: 'ann', kind: 'external', displayName: 'Ann' });
  });

  it('[TK4] makes a token with every grant, which lives as long as asked', async () => {
    const claims = async (...flags: string[]) => {
      const { out } = await run(['token', '--sub', 'ann', ...flags], { JWT_SECRET: SECRET });
      const { iat = 0, exp = 0, ...rest } = decodeJwt(out.trim());
      return { lives: exp - iat, ...rest };
    };
    const room = ['--room', ROOM, '--admin', '--send', 'audio,video', '--skip-knock'];
    expect(await claims(...room, '--name', 'Ann', '--expires', '90s')).toMatchObject({
      lives: 90,
      name: 'Ann',
      room: { id: ROOM, admin: true, send: ['audio', 'video'], skipKnock: true },
    });
    const service = await claims('--service', '--expires', '2h');
    expect(service).toMatchObject({ lives: 7_200, role: 'service' });
    expect(service).not.toHaveProperty('room');
    expect((await claims()).lives).toBe(3_600);
    expect((await claims('--expires', '15m')).lives).toBe(900);
    expect((await claims('--expires', '30d')).lives).toBe(2_592_000);
  });

  it.each([['serve'], ['token', '--sub', 'ann'], ['keys', 'rotate']])(
    'reads secrets from files, and says which it cannot use: %s',
    async (...argv) => {
      const short = join(temporaryFolder(), 'secret');
      writeFileSync(short, 'too short\n');
      const tooShort = await run(argv, { JWT_SECRET_FILE: short });
      expect([tooShort.code, tooShort.err]).toEqual([
        1,
        'JWT_SECRET_FILE is not valid: expected at least 32 bytes; make one with `openssl rand -base64 32`\n',
      ]);
    },
  );

  it('[TK2] makes a token with a secret from a file for a server with the same secret', async () => {
    const file = join(temporaryFolder(), 'secret');
    writeFileSync(file, `${SECRET}\n`);
    const { out } = await run(['token', '--sub', 'ann'], { JWT_SECRET_FILE: file });
    const { url } = await serve({ JWT_SECRET: SECRET });
    expect((await api(url, '/auth/me', { reply: MeReply, token: out.trim() })).user.id).toBe('ann');
  });

  it.each([
    [['token', '--sub', 'ann'], {}, 'Set JWT_SECRET'],
    [['token'], { JWT_SECRET: SECRET }, '--sub is missing'],
    [['token', '--sub', 'ann', '--expires', 'x'], { JWT_SECRET: SECRET }, '--expires is x'],
    [['token', '--sub', 'ann', '--expires', '0s'], { JWT_SECRET: SECRET }, '--expires is 0s'],
    [['token', '--sub', 'ann', '--room', 'x'], { JWT_SECRET: SECRET }, '--room is x'],
    [['token', '--sub', 'ann', '--admin'], { JWT_SECRET: SECRET }, 'give its id with --room'],
    [['token', '--sub', 'ann', '--room', ROOM, '--send', 'smell'], { JWT_SECRET: SECRET }, '--send is smell'],
    [['keys', 'rotate'], { JWT_SECRET: SECRET }, 'JWT_SECRET is set, so there are no keys to rotate'],
  ])('refuses %j in one line', async (argv, environment, message) => {
    const { code, err } = await run(argv, environment);
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });
});

describe('parley serve', () => {
  it('says where to open it, and that cameras need https elsewhere', async () => {
    const { url, greeting } = await serve();
    expect(greeting).toContain(`open http://localhost:${new URL(url).port}`);
    expect(greeting).toContain('PUBLIC_URL=https://');
    expect((await serve({ PUBLIC_URL: 'https://call.example.org' })).greeting).toMatch(
      /open https:\/\/call\.example\.org \(here: http:\/\/localhost:\d+\)/,
    );
  });

  it('names the address that it listens on, or localhost if that leads to it', async () => {
    const { greeting } = await serve({ HOST: '127.0.0.2' });
    expect(greeting).toMatch(/open http:\/\/127\.0\.0\.2:\d+/);
    expect(greeting).toMatch(/^Setup: http:\/\/127\.0\.0\.2:\d+\/setup#token=/);
    expect((await serve({ HOST: '127.0.0.1' })).greeting).toMatch(/open http:\/\/localhost:\d+/);
  });

  it('[TK2] signs with a rotated key at once, and accepts tokens of the old one', async () => {
    const path = temporaryDatabase();
    const { url } = await serve({ DATABASE_PATH: path });
    const old = await signIn(url);
    const rotated = await run(['keys', 'rotate'], { DATABASE_PATH: path });
    const kid = /with the key (\S+) from now on/.exec(rotated.out)?.[1];
    const fresh = await signIn(url);
    expect(JSON.parse(Buffer.from(fresh.accessToken.split('.')[0] ?? '', 'base64url').toString()).kid).toBe(
      kid,
    );
    for (const { accessToken: token, user } of [old, fresh]) {
      expect(await api(url, '/auth/me', { reply: MeReply, token })).toEqual({ user });
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('[SE8] drains on %s and exits 0 in time', async (signal) => {
    const { url, child } = await serve();
    const { accessToken: token } = await signIn(url);
    const ann = connectRaw({ wsUrl: url.replace('http', 'ws'), token });
    await ann.welcome;
    const begun = performance.now();
    child.kill(signal);
    await ann.next('server:draining');
    expect((await ann.closed).code).toBe(4100);
    expect(await exitOf(child)).toBe(0);
    expect(performance.now() - begun).toBeLessThan(DRAIN_MS);
  });

  it('hashes passwords at their real cost, and knows them again', async () => {
    const { url } = await serve();
    const [email, password] = ['ann@example.org', 'correct horse'];
    const post = async (path: string, secret: string) => {
      const body = JSON.stringify({ email, password: secret });
      return (await fetch(url + path, { method: 'POST', body })).status;
    };
    expect(await post('/auth/register', password)).toBe(201);
    expect(await post('/auth/login', password)).toBe(200);
    expect(await post('/auth/login', 'another horse')).toBe(401);
  });

  it('[SE8] takes up the sessions of the process before it', async () => {
    const path = temporaryDatabase();
    const first = await serve({ DATABASE_PATH: path });
    const { accessToken: token } = await signIn(first.url);
    const ann = connectRaw({ wsUrl: first.url.replace('http', 'ws'), token });
    const { payload: welcome } = await ann.welcome;
    first.child.kill('SIGTERM');
    await exitOf(first.child);
    const second = await serve({ DATABASE_PATH: path });
    const back = connectRaw({
      wsUrl: second.url.replace('http', 'ws'),
      token,
      resume: { token: welcome.resumeToken, lastSeq: ann.lastSeq },
    });
    expect((await back.welcome).payload).toMatchObject({ resumed: true, peerId: welcome.peerId });
  });
});

/** Only PATH and HOME of this process's environment are passed on. */
function launch(argv: readonly string[], environment: Environment): ChildProcess {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [BUILT, ...argv], {
    env: {
      PATH,
      HOME,
      HOST: '127.0.0.1',
      PORT: '0',
      TURN: 'off',
      DATABASE_PATH: temporaryDatabase(),
      ...environment,
    },
  });
  children.add(child);
  return child;
}

async function run(argv: readonly string[], environment: Environment = {}) {
  const child = launch(argv, environment);
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exitOf(child)]);
  return { code, out, err };
}

/** Resolves once it listens. */
async function serve(environment: Environment = {}) {
  const child = launch([], environment);
  let greeting = '';
  child.stderr?.on('data', (chunk) => {
    greeting += String(chunk);
  });
  await until(() => greeting.includes('Parley is up'));
  const port = /http:\/\/localhost:(\d+)/.exec(greeting)?.[1];
  return { child, url: `http://127.0.0.1:${port}`, greeting };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

async function text(stream: AsyncIterable<Buffer> | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
