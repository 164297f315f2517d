import { describe, expect, it } from 'vitest';
import { CreateInvitationReply, InvitationsReply } from '../../src/protocol/host-bodies.ts';
import { INVITATIONS_PER_ROOM } from '../../src/rooms/invitations.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api, createRoom } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { ask, invite, join, makeHost, minted, party, refusalOf } from './hosting.ts';
import { startStage } from './stage.ts';

const PASSWORD = { password: 'correct horse' };
const ALL = ['audio', 'video', 'screen', 'chat'];

describe('an invitation', () => {
  it('[RM12] replaces the password, and gives its rights from then on', async () => {
    const stage = await startStage();
    const { roomId, owner } = await party(stage, PASSWORD);
    const secret = await invite(stage, owner, roomId, { host: true, send: ['audio', 'chat'] });
    const dan = await stage.guest('Dan');
    expect(await join(await dan.connect(), roomId)).toBe('password_required');
    const you = { host: true, send: ['audio', 'chat'] };
    const person = await dan.connect();
    expect((await person.request('room:join', { roomId, invite: secret })).payload).toMatchObject({ you });
    await person.request('room:leave');
    expect((await (await dan.connect()).request('room:join', { roomId })).payload).toMatchObject({ you });
  });

  it('[RM12] replaces the password over HTTP', async () => {
    const stage = await startStage();
    const { roomId, owner } = await party(stage, PASSWORD);
    const secret = await invite(stage, owner, roomId, { host: true });
    const dan = await stage.guest('Dan');
    const path = `/rooms/${roomId}/join`;
    expect(await refusalOf(await ask(stage, 'POST', path, dan, { invite: 'wrong' }))).toEqual([
      403,
      'forbidden',
    ]);
    expect(await refusalOf(await ask(stage, 'POST', path, dan, {}))).toEqual([403, 'password_required']);
    const reply = await ask(stage, 'POST', path, dan, { invite: secret });
    expect(await reply.json()).toMatchObject({ participant: { peerId: null, host: true, send: ALL } });
  });

  it('[RM12] tells its secret once, in a link, and is listed without it', async () => {
    const DATABASE_PATH = temporaryDatabase();
    const stage = await startStage({ DATABASE_PATH });
    const { roomId, ann, owner } = await party(stage);
    const path = `/rooms/${roomId}/invitations`;
    const { url, token } = { url: stage.server.url, token: owner.token };
    const body = { host: true, send: ['audio'], skipKnock: true, uses: 3, expiresAt: '2999-01-01T00:00:00Z' };
    const made = await api(url, path, { reply: CreateInvitationReply, token, body });
    const link = new URL(made.url);
    expect(`${link.origin}${link.pathname}`).toBe(`${url}/connect/${roomId}`);
    const secret = link.searchParams.get('invite') ?? '';
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    await api(url, path, { reply: CreateInvitationReply, token, body: {} });
    const { items } = await api(url, path, { reply: InvitationsReply, token });
    const createdAt = expect.any(String);
    expect(items).toEqual([
      { ...body, id: made.id, used: 0, createdAt, expiresAt: '2999-01-01T00:00:00.000Z' },
      {
        id: expect.any(String),
        host: false,
        send: null,
        skipKnock: false,
        uses: null,
        used: 0,
        createdAt,
        expiresAt: null,
      },
    ]);
    const database = new Database(DATABASE_PATH, { readonly: true });
    expect(JSON.stringify(database.prepare('SELECT * FROM room_invitations').all())).not.toContain(secret);
    database.close();
    await ann.settled();
  });

  it('[RM12] is for hosts to make, list and delete', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, owner } = await party(stage, PASSWORD);
    const path = `/rooms/${roomId}/invitations`;
    for (const method of ['GET', 'POST']) {
      const refused = await ask(stage, method, path, ben.guest, method === 'POST' ? {} : undefined);
      expect(await refusalOf(refused)).toEqual([403, 'forbidden']);
    }
    await makeHost(ann, ben);
    const { id, url } = await (await ask(stage, 'POST', path, ben.guest, {})).json();
    const secret = new URL(url).searchParams.get('invite');
    expect(await refusalOf(await ask(stage, 'DELETE', `${path}/none`, owner))).toEqual([404, 'not_found']);
    const other = await createRoom(stage.server.url, owner.token);
    const elsewhere = await ask(stage, 'DELETE', `/rooms/${other.id}/invitations/${id}`, owner);
    expect(await refusalOf(elsewhere)).toEqual([404, 'not_found']);
    expect(await join(await stage.person(), other.id, { invite: secret })).toBe('forbidden');
    expect((await ask(stage, 'DELETE', `${path}/${id}`, owner)).status).toBe(204);
    expect(await join(await stage.person(), roomId, { invite: secret })).toBe('forbidden');
  });

  it('[RM12] is used up once per user', async () => {
    const stage = await startStage();
    const { roomId, owner } = await party(stage, PASSWORD);
    const secret = await invite(stage, owner, roomId, { uses: 1 });
    const dan = await stage.guest('Dan');
    for (const _ of [1, 2, 3]) {
      const person = await dan.connect();
      expect(await join(person, roomId, { invite: secret })).toBe('room:joined');
      await person.request('room:leave');
    }
    expect(await join(await stage.person(), roomId, { invite: secret })).toBe('forbidden');
    expect(await join(await owner.connect(), roomId, { invite: 'anything' })).toBe('room:joined');
  });

  it('[RM12] gives nothing back that a host has taken since', async () => {
    const stage = await startStage();
    const { roomId, ann, owner } = await party(stage);
    const secret = await invite(stage, owner, roomId, { host: true });
    const dan = await (await stage.guest('Dan')).connect();
    await dan.request('room:join', { roomId, invite: secret });
    expect(await makeHost(ann, dan, false)).toBe('ack');
    await dan.request('room:leave');
    const back = await dan.request('room:join', { roomId, invite: secret });
    expect(back.payload).toMatchObject({ you: { host: false } });
    const another = await invite(stage, owner, roomId, { host: true });
    await dan.request('room:leave');
    const again = await dan.request('room:join', { roomId, invite: another });
    expect(again.payload).toMatchObject({ you: { host: true } });
  });

  it('[RM12] that is wrong, of another room, or expired is refused, also without a password', async () => {
    const clock = new FakeClock(Date.now());
    const stage = await startStage({}, { clock });
    const { roomId, owner } = await party(stage);
    const expiresAt = new Date(clock.now() + 60_000).toISOString();
    const secret = await invite(stage, owner, roomId, { expiresAt });
    expect(await join(await stage.person(), roomId, { invite: secret })).toBe('room:joined');
    clock.advance(60_000);
    for (const bad of [secret, 'wrong', '', 'x'.repeat(512)]) {
      expect(await join(await stage.person(), roomId, { invite: bad })).toBe('forbidden');
    }
    const past = { expiresAt: new Date(clock.now()).toISOString() };
    for (const body of [past, { uses: 0 }, { uses: 1.5 }, { host: 'yes' }, { send: ['smell'] }]) {
      const refused = await ask(stage, 'POST', `/rooms/${roomId}/invitations`, owner, body);
      expect(await refusalOf(refused)).toEqual([400, 'validation_failed']);
    }
  });

  it('[RM12] lifts no ban and no lock, and is not used up by being refused', async () => {
    const stage = await startStage();
    const { roomId, ann, ben, owner } = await party(stage);
    const secret = await invite(stage, owner, roomId, { host: true, uses: 1 });
    await ann.request('room:kick', { peerId: ben.peerId, ban: true });
    expect(await join(await ben.guest.connect(), roomId, { invite: secret })).toBe('banned');
    await ann.request('room:lock', { locked: true });
    const dan = await stage.guest('Dan');
    expect(await join(await dan.connect(), roomId, { invite: secret })).toBe('room_locked');
    await ann.request('room:lock', { locked: false });
    expect(await join(await stage.person(), roomId, { invite: secret })).toBe('room:joined');
    expect(await join(await dan.connect(), roomId, { invite: secret })).toBe('forbidden');
  });

  it('[RM12][KN1] passes the waiting room if it says so', async () => {
    const stage = await startStage();
    const owner = await stage.guest('Ann');
    const { id: roomId } = await createRoom(stage.server.url, owner.token, { waitingRoom: true });
    await owner.inside(roomId);
    const [plain, quick] = [
      await invite(stage, owner, roomId),
      await invite(stage, owner, roomId, { skipKnock: true }),
    ];
    expect(await join(await stage.person(), roomId, { invite: plain })).toBe('knock:waiting');
    const dan = await stage.guest('Dan');
    expect(await join(await dan.connect(), roomId, { invite: quick })).toBe('room:joined');
  });

  it('[RM12] has a bound, to which used-up and deleted ones do not count', async () => {
    const stage = await startStage();
    const { roomId, owner } = await party(stage);
    const path = `/rooms/${roomId}/invitations`;
    const secret = await invite(stage, owner, roomId, { uses: 1 });
    for (let n = 1; n < INVITATIONS_PER_ROOM; n += 1) await invite(stage, owner, roomId);
    const beyond = await ask(stage, 'POST', path, owner, {});
    expect(await refusalOf(beyond)).toEqual([409, 'limit_reached']);
    expect(await join(await stage.person(), roomId, { invite: secret })).toBe('room:joined');
    const { id } = await (await ask(stage, 'POST', path, owner, {})).json();
    expect((await ask(stage, 'POST', path, owner, {})).status).toBe(409);
    await ask(stage, 'DELETE', `${path}/${id}`, owner);
    expect((await ask(stage, 'POST', path, owner, {})).status).toBe(201);
  });

  it('[RM12] is used by as many as it allows when many come at once', async () => {
    const stage = await startStage();
    const { roomId, owner } = await party(stage, { max: 50 });
    const secret = await invite(stage, owner, roomId, { uses: 2 });
    const people = await Promise.all([1, 2, 3, 4, 5, 6].map(() => stage.person()));
    const answers = await Promise.all(people.map((person) => join(person, roomId, { invite: secret })));
    expect(answers.filter((answer) => answer === 'room:joined')).toHaveLength(2);
    expect(answers.filter((answer) => answer === 'forbidden')).toHaveLength(4);
  });

  it('[RM12][TK4] needs no use by a service, and does a token for the room no harm', async () => {
    const stage = await startStage({ JWT_SECRET: SECRET });
    const { roomId, owner } = await party(stage, PASSWORD);
    const secret = await invite(stage, owner, roomId, { uses: 1, host: true });
    const service = await minted(stage, { sub: 'backend', role: 'service' });
    expect(await join(await service.connect(), roomId, { invite: secret })).toBe('room:joined');
    const opener = await minted(stage, { sub: 'zoe', room: { id: roomId } });
    const zoe = await (await opener.connect()).request('room:join', { roomId, invite: secret });
    expect(zoe.payload).toMatchObject({ you: { host: true } });
  });
});
