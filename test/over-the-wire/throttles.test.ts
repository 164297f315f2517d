import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { mintToken } from '../../src/load/credentials.ts';
import { Problem } from '../../src/protocol/bodies.ts';
import { ROOMS_PER_GUEST, ROOMS_PER_MINUTE } from '../../src/rooms/creations.ts';
import { WRONG_PASSWORDS_PER_MINUTE } from '../../src/rooms/room-passwords.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { temporaryFolder } from '../support/server/database.ts';
import { connectRaw, type RawFrame } from '../support/server/ws-client.ts';
import { codeOf, type Person, type Stage, startStage } from './stage.ts';

const BEHIND = { TRUSTED_PROXIES: '127.0.0.1' };
const from = (address: string) => ({ 'X-Forwarded-For': address });

/** The header that a proxy in front of the server would send. */
function guestRequest(
  { server }: Stage,
  address: string,
  path = '/auth/guest',
  body = {},
): Promise<Response> {
  const init = { method: 'POST', headers: from(address), body: JSON.stringify(body) };
  return fetch(server.url + path, init);
}

async function expectLimited(reply: Response): Promise<number> {
  const { code, ...problem } = v.parse(v.looseObject({ ...Problem.entries }), await reply.json());
  expect([reply.status, code]).toEqual([429, 'rate_limited']);
  const wait = Number(reply.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
  expect(problem.retryAfterMs).toBeGreaterThan(0);
  return wait;
}

function retryAfterOf({ payload }: RawFrame): number {
  return v.parse(v.object({ code: v.literal('rate_limited'), retryAfterMs: v.number() }), payload)
    .retryAfterMs;
}

describe('messages of a session', () => {
  it('are limited per session; a refused one uses up its id, and tells when to try again', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({ MESSAGES_PER_SECOND: '2', MESSAGE_BURST: '5' }, { clock });
    const guest = await stage.guest();
    const [ann, other] = [await guest.connect(), await guest.connect()];
    for (let n = 0; n < 5; n += 1) expect((await ann.request('ping')).event).toBe('pong');
    expect(retryAfterOf(await ann.request('ping'))).toBe(500);
    expect((await other.request('ping')).event).toBe('pong');
    clock.advance(1_000);
    // A repetition costs as much, but is ignored [WS4].
    ann.send('ping', {}, 6);
    expect(await ann.request('ping')).toMatchObject({ event: 'pong', re: 7 });
    expect(ann.frames.filter(({ re }) => re === 6)).toHaveLength(1);
  });
});

describe('sessions of a user', () => {
  it('are limited; suspended ones and those of other users don’t count', async () => {
    const stage = await startStage({ SESSIONS_PER_USER: '2' });
    const guest = await stage.guest();
    const roomId = await stage.room();
    const witness = await (await stage.guest()).inside(roomId);
    const [first] = [await guest.inside(roomId), await guest.connect()];
    const third = connectRaw({ wsUrl: stage.server.wsUrl, token: guest.token });
    expect(await third.closed).toEqual({ code: 4007, reason: 'too_many_sessions' });
    expect(third.texts).toEqual([]);
    first.cut();
    await witness.next('peer:suspended');
    await guest.connect();
    // A resume doesn't get around the limit either.
    expect((await first.resume().closed).code).toBe(4007);
    await stage.person();
  });
});

describe('new guests', () => {
  it('are counted by network address: IPv4 whole, IPv6 by its /64; refreshes don’t count', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({ ...BEHIND, GUESTS_PER_MINUTE: '2' }, { clock });
    const signedIn = await guestRequest(stage, '192.0.2.1');
    const { refreshToken } = await signedIn.json();
    expect([signedIn.status, (await guestRequest(stage, '192.0.2.1')).status]).toEqual([201, 201]);
    const wait = await expectLimited(await guestRequest(stage, '192.0.2.1'));
    await expectLimited(await guestRequest(stage, '::ffff:192.0.2.1'));
    expect((await guestRequest(stage, '192.0.2.2')).status).toBe(201);
    for (const address of ['2001:db8::1', '2001:db8:0:0:ffff::2']) {
      expect((await guestRequest(stage, address)).status).toBe(201);
    }
    await expectLimited(await guestRequest(stage, '2001:db8::3'));
    expect((await guestRequest(stage, '2001:db8:0:1::1')).status).toBe(201);
    for (let n = 0; n < 40; n += 1) {
      const nonsense = await guestRequest(stage, '192.0.2.1', '/auth/refresh', { refreshToken: `${n}` });
      expect(nonsense.status).toBe(401);
    }
    const refreshed = await guestRequest(stage, '192.0.2.1', '/auth/refresh', { refreshToken });
    expect(refreshed.status).toBe(200);
    clock.advance(wait * 1_000);
    expect((await guestRequest(stage, '192.0.2.1')).status).toBe(201);
  });

  it('are 120 a minute by default, so that a class behind one address gets in', async () => {
    const stage = await startStage({ ...BEHIND, GUESTS_PER_MINUTE: undefined }, { clock: new FakeClock() });
    const arrive = () => guestRequest(stage, '192.0.2.1');
    const statuses = await Promise.all(Array.from({ length: 121 }, async () => (await arrive()).status));
    expect(statuses.filter((status) => status === 201)).toHaveLength(120);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });

  it('are counted by the address that trusted proxies tell, read from the right, whatever a client adds', async () => {
    const chain = await startStage({
      TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8',
      GUESTS_PER_MINUTE: '1',
    });
    expect((await guestRequest(chain, '192.0.2.1, 10.1.1.1')).status).toBe(201);
    await expectLimited(await guestRequest(chain, '198.51.100.7, 192.0.2.1, 10.2.2.2'));
    const open = await startStage({ GUESTS_PER_MINUTE: '1' });
    expect((await guestRequest(open, '192.0.2.1')).status).toBe(201);
    await expectLimited(await guestRequest(open, '192.0.2.2'));
  });
});

describe('wrong room passwords', () => {
  it('[RM7] are counted by user, wherever it connects from; then only time helps, not the right password', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage(BEHIND, { clock });
    const roomId = await stage.room({ password: 'open sesame' });
    const guest = await stage.guest();
    const tabs = [
      await guest.connect({ headers: from('192.0.2.1') }),
      await guest.connect({ headers: from('192.0.2.2') }),
    ] as const;
    for (let n = 0; n < WRONG_PASSWORDS_PER_MINUTE; n += 1) {
      const answer = await (tabs[n % 2] ?? tabs[0]).request('room:join', { roomId, password: 'guess' });
      expect(codeOf(answer)).toBe('wrong_password');
    }
    const retryAfterMs = retryAfterOf(
      await tabs[0].request('room:join', { roomId, password: 'open sesame' }),
    );
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    const byHttp = await stage.get(`/connect/${roomId}`, guest.token, {
      ...from('192.0.2.3'),
      Accept: 'application/json',
      'X-Room-Password': 'open sesame',
    });
    await expectLimited(byHttp);
    clock.advance(retryAfterMs);
    const answer = await tabs[1].request('room:join', { roomId, password: 'open sesame' });
    expect(codeOf(answer)).toBe('room:joined');
  });

  it('[RM7] are counted by network address, IPv6 by its /64, whoever the users are', async () => {
    const stage = await startStage(BEHIND, { clock: new FakeClock(Date.now()) });
    const roomId = await stage.room({ password: 'open sesame' });
    const guess = async (address: string, password: string): Promise<unknown> => {
      const person = await (await stage.guest()).connect({ headers: from(address) });
      return codeOf(await person.request('room:join', { roomId, password }));
    };
    for (let n = 0; n < WRONG_PASSWORDS_PER_MINUTE; n += 1) {
      expect(await guess(`2001:db8::${n + 1}`, 'guess')).toBe('wrong_password');
    }
    // Newcomers have only their own guesses left: the network's are spent.
    expect(await guess('2001:db8::ffff', 'open sesame')).toBe('room:joined');
    const late = await (await stage.guest()).connect({ headers: from('2001:db8::abcd') });
    const codes = [];
    for (let n = 0; n < 4; n += 1) {
      codes.push(codeOf(await late.request('room:join', { roomId, password: `guess ${n}` })));
    }
    expect(codes).toEqual(['wrong_password', 'wrong_password', 'wrong_password', 'rate_limited']);
    const elsewhere = await (await stage.guest()).connect({ headers: from('2001:db8:0:1::1') });
    for (let n = 0; n < 4; n += 1) {
      expect(codeOf(await elsewhere.request('room:join', { roomId, password: `${n}` }))).toBe(
        'wrong_password',
      );
    }
  });

  it('[RM7] are the only ones that count: 20 people behind one address who know it get in at once', async () => {
    const stage = await startStage(BEHIND);
    const roomId = await stage.room({ password: 'open sesame', max: 50 });
    const people = await Promise.all(Array.from({ length: 20 }, () => stage.person()));
    const answers = await Promise.all(
      people.map((person) => person.request('room:join', { roomId, password: 'open sesame' })),
    );
    expect(answers.map(codeOf)).toEqual(people.map(() => 'room:joined'));
  });
});

describe('new rooms', () => {
  it('with a password, created 70 at a time by one guest, keep nobody out of other rooms', async () => {
    const path = join(temporaryFolder(), 'parley.db');
    const before = await startStage({ DATABASE_PATH: path });
    const roomId = await before.room({ password: 'open sesame', max: 50 });
    await before.server.close();
    // After a restart no password is remembered: the first join costs a hash.
    const stage = await startStage({ DATABASE_PATH: path });
    const people = await Promise.all(Array.from({ length: 20 }, () => stage.person()));
    const { token } = await stage.guest();
    const rooms = Array.from({ length: 70 }, () =>
      fetch(`${stage.server.url}/rooms`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        body: JSON.stringify({ password: 'correct horse' }),
      }),
    );
    const answers = await Promise.all(
      people.map((person) => person.request('room:join', { roomId, password: 'open sesame' })),
    );
    expect(answers.map(codeOf)).toEqual(people.map(() => 'room:joined'));
    const statuses = (await Promise.all(rooms)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(60);
  });

  it('[RM5] of guests are neither persistent nor listed, and are limited per user', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET }, { clock: new FakeClock(Date.now()) });
    const create = (token: string, fields: object) =>
      fetch(`${stage.server.url}/rooms`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        body: JSON.stringify(fields),
      });
    const { token } = await stage.guest();
    for (const fields of [{ persistent: true }, { listed: true }]) {
      const refused = await create(token, fields);
      const { code } = v.parse(Problem, await refused.json());
      expect([refused.status, code]).toEqual([403, 'forbidden']);
      const external = mintToken(SECRET, 'ann', Date.now());
      expect((await create(external, fields)).status).toBe(201);
    }
    const statuses = [];
    for (let n = 0; n < ROOMS_PER_GUEST + 20; n += 1) statuses.push((await create(token, {})).status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(ROOMS_PER_GUEST);
    expect(statuses.at(-1)).toBe(403);
    const external = mintToken(SECRET, 'bob', Date.now());
    const many = Array.from({ length: ROOMS_PER_MINUTE + 10 }, () => create(external, {}));
    const limited = (await Promise.all(many)).filter(({ status }) => status === 429);
    expect(limited).toHaveLength(10);
    expect(limited[0]?.headers.get('retry-after')).toBe('1');
  });
});

describe('suspended sessions of a user', () => {
  it('[SE2] are at most twice as many as live ones, even if a client reconnects again and again', async () => {
    const stage = await startStage({ SESSIONS_PER_USER: '2' });
    const guest = await stage.guest();
    const sessions = async (state: string): Promise<number> => {
      const text = await (await stage.get('/metrics')).text();
      return Number(new RegExp(`^parley_sessions{state="${state}"} (\\d+)$`, 'm').exec(text)?.[1]);
    };
    const lost: Person[] = [];
    for (let round = 1; round <= 30; round += 1) {
      const person = await guest.connect();
      person.cut();
      lost.push(person);
      // The server notices the loss a moment later.
      while ((await sessions('live')) > 0) await person.closed;
      expect(await sessions('suspended')).toBe(Math.min(round, 4));
    }
    const [newest, old] = [lost.at(-1), lost.at(-5)];
    expect((await newest?.resume().welcome)?.payload.resumed).toBe(true);
    expect((await old?.resume().welcome)?.payload.resumed).toBe(false);
  });
});

describe('bad resume tokens', () => {
  it('[SE3] are refused, and a neighbour’s valid one is accepted all the same', async () => {
    const stage = await startStage({ ...BEHIND, SESSIONS_PER_USER: '100' });
    const [guest, stranger] = [await stage.guest(), await stage.guest()];
    const victim = await guest.connect();
    const resume = { token: victim.welcomed.resumeToken, lastSeq: 1 };
    const headers = from('192.0.2.1');
    for (let n = 0; n < 60; n += 1) {
      // Unknown tokens, and guesses at the victim's secret.
      const token = n % 2 === 0 ? `${n}` : `${n}${victim.peerId}`;
      const client = await (n % 3 === 0 ? guest : stranger).connect({
        headers,
        resume: { token, lastSeq: 1 },
      });
      expect(client.welcomed.resumed).toBe(false);
      client.socket.close(1000);
      await client.closed;
    }
    const back = await guest.connect({ headers, resume });
    expect(back.welcomed).toMatchObject({ resumed: true, peerId: victim.peerId });
  });
});
