import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDatabase } from '../support/server/database.ts';
import { startServer } from '../support/server/server.ts';
import { connectRaw, signIn } from '../support/server/ws-client.ts';
import { until } from '../support/until.ts';
import { type Receiver, SECRET, startReceiver, told } from './receiver.ts';

async function setUp(more: Record<string, string> = {}) {
  const receiver = await startReceiver();
  const start = async () => {
    const started = await startServer({
      WEBHOOK_URLS: receiver.url(),
      WEBHOOK_SECRET: SECRET,
      DATABASE_PATH: path,
      ...more,
    });
    onTestFinished(() => started.close());
    return started;
  };
  const path = temporaryDatabase();
  const server = await start();
  const host = await signIn(server.url, 'Host');
  const call = async (method: string, at: string, body?: object) => {
    const headers = { Authorization: `Bearer ${host.accessToken}`, 'Content-Type': 'application/json' };
    const response = await fetch(server.url + at, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const join = async (roomId: string, token?: string, wsUrl = server.wsUrl) => {
    const accessToken = token ?? (await signIn(server.url, 'Guest')).accessToken;
    const client = connectRaw({ wsUrl, token: accessToken });
    onTestFinished(() => client.cut());
    await client.request('room:join', { roomId });
    return client;
  };
  return { receiver, server, start, host, call, join };
}

const types = (receiver: Receiver) => told(receiver).map(({ type }) => type);

describe('what webhooks tell', () => {
  it('[CT5] a room from its creation to its end, with all who were in it', async () => {
    const { receiver, call, join, host } = await setUp();
    const { room } = await call('POST', '/rooms', { name: 'Tea' });
    await call('PATCH', `/rooms/${room.id}`, { name: 'Tea' });
    await call('PATCH', `/rooms/${room.id}`, { name: 'Coffee' });
    const first = await join(room.id, host.accessToken);
    await join(room.id);
    first.send('chat', { message: 'hello' }, 9);
    await until(() => types(receiver).includes('chat.message'));
    await call('DELETE', `/rooms/${room.id}`);
    await until(() => types(receiver).includes('room.closed'));
    const all = told(receiver);
    expect(all.map(({ type, participants }) => [type, participants])).toEqual([
      ['room.created', undefined],
      ['room.updated', undefined],
      ['participant.joined', 1],
      ['participant.joined', 2],
      ['call.started', 2],
      ['chat.message', undefined],
      ['participant.left', 1],
      ['participant.left', 0],
      ['call.ended', 0],
      ['room.closed', undefined],
    ]);
    expect(all[1].room.name).toBe('Coffee');
    expect(all[5].message.message).toBe('hello');
    expect(all[6]).toMatchObject({ reason: 'room_closed', displayName: 'Host' });
    expect(all[8]).toMatchObject({ callId: all[4].callId, peak: 2 });
    expect(all[9].room).toMatchObject({ id: room.id, participants: 0 });
    expect(JSON.stringify(all)).not.toContain('userInfo');
  });

  it('[CT5] who knocks, and what comes of it', async () => {
    const { receiver, call, join, host } = await setUp();
    const { room } = await call('POST', '/rooms', { waitingRoom: true });
    await join(room.id, host.accessToken);
    await join(room.id);
    await join(room.id);
    const { items } = await call('GET', `/rooms/${room.id}/knocks`);
    await call('POST', `/rooms/${room.id}/knocks/${items[0].knockId}`, { admit: true });
    await call('POST', `/rooms/${room.id}/knocks/${items[1].knockId}`, { admit: false });
    await until(() => types(receiver).includes('participant.refused'));
    expect(types(receiver).slice(2)).toEqual([
      'participant.knocked',
      'participant.knocked',
      'participant.admitted',
      'participant.joined',
      'call.started',
      'participant.refused',
    ]);
    expect(told(receiver).at(-1)).toMatchObject({ reason: 'refused', participants: 2 });
  });

  it('[CT5] nothing of a drain and a resume, and a `left` for each whom a crash put out', async () => {
    const { receiver, call, join, host, server, start } = await setUp();
    const { room } = await call('POST', '/rooms', {});
    const first = await join(room.id, host.accessToken);
    await join(room.id);
    await until(() => types(receiver).includes('call.started'));
    const before = receiver.received.length;
    const { payload } = await first.welcome;
    await server.drain();
    const second = await start();
    const resume = { token: payload.resumeToken, lastSeq: first.lastSeq };
    const back = connectRaw({ wsUrl: second.wsUrl, token: host.accessToken, resume });
    onTestFinished(() => back.cut());
    expect((await back.welcome).payload.resumed).toBe(true);
    expect(receiver.received).toHaveLength(before);
    // As a SIGKILL: nothing is saved, and nobody has left.
    await second.close();
    await start();
    await until(() => types(receiver).includes('call.ended'));
    const after = told(receiver).slice(before);
    expect(after.map(({ type, reason, participants }) => [type, reason, participants])).toEqual([
      ['participant.left', 'timeout', 1],
      ['participant.left', 'timeout', 0],
      ['call.ended', undefined, 0],
    ]);
  });

  it('[CT5] who registers, and who deletes the account with its rooms', async () => {
    const { receiver, call, join, host } = await setUp();
    await call('POST', '/auth/register', {
      email: 'host@example.com',
      password: 'correct horse battery',
      username: 'host',
    });
    const { room } = await call('POST', '/rooms', {});
    await join(room.id);
    await until(() => types(receiver).includes('participant.joined'));
    await call('DELETE', `/users/${host.user.id}`, { password: 'correct horse battery' });
    await until(() => types(receiver).includes('room.closed'));
    const all = told(receiver);
    expect(all.find(({ type }) => type === 'user.registered').user).toMatchObject({
      id: host.user.id,
      username: 'host',
    });
    expect(JSON.stringify(all)).not.toContain('example.com');
    expect(types(receiver).slice(-2)).toEqual(['participant.left', 'room.closed']);
  });

  it('[CT5] of each peer one `joined` and one `left`, when a new one takes its place', async () => {
    const { receiver, call, join, host } = await setUp();
    const { room } = await call('POST', '/rooms', {});
    const first = await join(room.id, host.accessToken);
    const watcher = await join(room.id);
    first.cut();
    await watcher.next('peer:suspended');
    await join(room.id, host.accessToken);
    await until(() => types(receiver).filter((type) => type === 'participant.joined').length === 3);
    const after = told(receiver).slice(4);
    expect(after.map(({ type, reason, participants }) => [type, reason, participants])).toEqual([
      ['participant.left', 'replaced', 1],
      ['participant.joined', undefined, 2],
    ]);
  });
});
