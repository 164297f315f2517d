import { describe, expect, it, vi } from 'vitest';
import { type Call, createRoom, rooms, type Waiting } from '../../src/client/index.ts';
import { outcomeOf } from './signaling/wire.ts';
import { lastingServer } from './support/lasting-server.ts';
import { people } from './support/people.ts';

/** Milliseconds within which something must have happened; the machine may be busy. */
const DEADLINE_MS = 20_000;

const server = lastingServer();
const person = people(server);

const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: DEADLINE_MS, interval: 20 });

function texts(call: Call): string[] {
  const heard: string[] = [];
  call.chat.on('message', ({ message }) => heard.push(message));
  return heard;
}

function peerOf(call: Call) {
  const [peer] = call.peers.values();
  if (peer === undefined) throw new Error('alone');
  return peer;
}

describe('the chat of a server', () => {
  it('[CH1] [CH2] is written, edited, reacted to, deleted and read', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { room } = await createRoom(ann.account);
    const [hers, his] = [await ann.join(room.id), await bob.join(room.id)];
    const heard: unknown[] = [];
    his.chat.on('edited', ({ message, version }) => heard.push([message, version]));
    his.chat.on('reactions', (_, reactions) => heard.push(reactions));
    his.chat.on('deleted', (id) => heard.push(id));
    const first = await hers.chat.send('helo');
    const reply = await his.chat.send('hi', { replyTo: first.id });
    await hers.chat.edit(first.id, 'hello');
    await his.chat.react(first.id, '👍');
    await hers.chat.remove(reply.id);
    await eventually(() => expect(heard).toHaveLength(3));
    expect(heard).toEqual([['hello', 2], { '👍': [bob.account.user.id] }, reply.id]);
    const { items, nextCursor } = await his.chat.history();
    expect(items).toMatchObject([
      { id: first.id, message: 'hello', version: 2, reactions: { '👍': [bob.account.user.id] } },
      { id: reply.id, deletedAt: expect.any(String) },
    ]);
    expect(nextCursor).toBeNull();
    expect(await outcomeOf(his.chat.clear())).toBe('forbidden');
    await hers.chat.clear();
    expect((await hers.chat.history()).items).toEqual([]);
  });

  it('[SE3] sends what was written while the line was lost, in order and once', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { room } = await createRoom(ann.account);
    const [hers, his] = [await ann.join(room.id), await bob.join(room.id)];
    const heard = texts(his);
    bob.cut();
    ann.cut();
    await Promise.all(['one', 'two', 'three'].map((text) => hers.chat.send(text)));
    await eventually(() => expect(heard).toEqual(['one', 'two', 'three']));
  });

  it('[SE4] is whole after a lost session: what was missed comes once and in its place', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { room } = await createRoom(ann.account);
    const [hers, his] = [await ann.join(room.id), await bob.join(room.id)];
    await hers.chat.send('before');
    const heard = [texts(hers), texts(his)];
    await server.close();
    const sending = ['one', 'two'].map((text) => hers.chat.send(text));
    await server.startAgain();
    await Promise.all(sending);
    await his.chat.send('three');
    for (const each of heard) await eventually(() => expect(each).toEqual(['one', 'two', 'three']));
  });
});

describe('a room with a waiting room', () => {
  it('[KN1] [KN3] lets in whom a host admits, who may have lost the line meanwhile', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { room } = await createRoom(ann.account, { waitingRoom: true, name: 'Tea' });
    const hers = await ann.join(room.id);
    const told: Waiting[] = [];
    const joining = bob.join(room.id, { onWaiting: (waiting) => told.push(waiting) });
    await eventually(() => expect(hers.knocks.items).toMatchObject([{ displayName: 'bob' }]));
    expect(told).toMatchObject([{ room: { id: room.id, name: 'Tea' } }]);
    bob.cut();
    await eventually(() => expect(bob.client.state).toBe('live'));
    const [knock] = hers.knocks.items;
    if (knock === undefined) throw new Error('nobody waits');
    await hers.knocks.admit(knock);
    expect((await joining).peers.size).toBe(1);
    await eventually(() => expect(hers.knocks.items).toEqual([]));
  });

  it('[KN3] [KN5] turns away whom a host refuses, and lets go who gives up', async () => {
    const [ann, bob, cem] = [await person('ann'), await person('bob'), await person('cem')];
    const { room } = await createRoom(ann.account, { waitingRoom: true });
    const hers = await ann.join(room.id);
    const refused = bob.join(room.id).catch((error: unknown) => error);
    const left = outcomeOf(cem.join(room.id, { onWaiting: (waiting) => void waiting.leave() }));
    expect(await left).toBe('closed');
    await eventually(() => expect(hers.knocks.items).toMatchObject([{ displayName: 'bob' }]));
    const [knock] = hers.knocks.items;
    if (knock === undefined) throw new Error('nobody waits');
    await hers.knocks.refuse(knock);
    expect(await refused).toMatchObject({ code: 'knock_refused', retryAfterMs: expect.any(Number) });
  });
});

describe('hosts, hands and shared data', () => {
  it('[RM6] make hosts and limit what is sent, as both sides see at once', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { room } = await createRoom(ann.account);
    const [hers, his] = [await ann.join(room.id), await bob.join(room.id)];
    expect(await outcomeOf(his.hosts.set(hers, false))).toBe('forbidden');
    await hers.hosts.limit(peerOf(hers), ['audio']);
    await hers.hosts.set(peerOf(hers), true);
    await eventually(() => expect(his.you).toEqual({ host: true, send: ['audio'] }));
    await eventually(() => expect(peerOf(hers)).toMatchObject({ host: true, send: ['audio'] }));
    expect(await outcomeOf(his.chat.send('may I?'))).toBe('forbidden');
  });

  it('[RM9] [RM10] [RM11] are what everybody sees', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { room } = await createRoom(ann.account);
    const [hers, his] = [await ann.join(room.id), await bob.join(room.id)];
    const reactions: unknown[] = [];
    hers.on('reaction', (emoji, who) => reactions.push([emoji, who?.displayName]));
    await his.data.set('constructor', { page: 2 });
    await his.raiseHand();
    await his.react('🎉');
    await his.update({ displayName: 'Bob', userInfo: { team: 1 } });
    await eventually(() => expect(peerOf(hers)).toMatchObject({ displayName: 'Bob', userInfo: { team: 1 } }));
    expect(hers.data.get('constructor')).toEqual({ page: 2 });
    expect(peerOf(hers).hand).toBe(his.hand);
    expect(reactions).toEqual([['🎉', 'bob']]);
    await hers.lowerHand(peerOf(hers));
    await eventually(() => expect(his.hand).toBeNull());
    const cem = await (await person('cem')).join(room.id);
    expect([...cem.data.entries()]).toEqual([['constructor', { page: 2 }]]);
    await his.data.delete('constructor');
    await eventually(() => expect([...cem.data.entries()]).toEqual([]));
  });
});

describe('rooms over HTTP', () => {
  it('[HT4] [HT8] are listed, changed by those who saw them, and removed', async () => {
    const { account } = await person('ann');
    const { room } = await rooms.create(account, { name: 'Tea' });
    expect((await rooms.list(account, { limit: 10 })).items.map(({ id }) => id)).toEqual([room.id]);
    const { etag } = await rooms.get(account, room.id);
    const changed = await rooms.update(account, room.id, { name: 'Cake', max: 3 }, { ifMatch: etag });
    expect(changed.room).toMatchObject({ name: 'Cake', max: 3 });
    expect(await outcomeOf(rooms.update(account, room.id, { max: 4 }, { ifMatch: etag }))).toBe(
      'precondition_failed',
    );
    expect((await rooms.calls(account, room.id)).items).toEqual([]);
    expect(await rooms.remove(account, room.id)).toBe(0);
    expect(await outcomeOf(rooms.get(account, room.id))).toBe('room_not_found');
  });

  it('[RM6] have invitations that replace the password, and bans that can be lifted', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')];
    const { room } = await createRoom(ann.account, { password: 'open sesame' });
    const hers = await ann.join(room.id);
    const { id, url } = await rooms.invitations.create(ann.account, room.id, {
      send: ['audio', 'chat'],
      uses: 1,
    });
    expect(await rooms.invitations.list(ann.account, room.id)).toMatchObject([{ id, uses: 1, used: 0 }]);
    const invite = new URL(url).searchParams.get('invite') ?? '';
    const his = await bob.join(room.id, { invite });
    expect(his.you).toEqual({ host: false, send: ['audio', 'chat'] });
    const ended = new Promise((resolve) => his.on('ended', resolve));
    await hers.moderation.kick(peerOf(hers), { ban: true });
    expect(await ended).toBe('banned');
    const [ban] = await rooms.bans.list(ann.account, room.id);
    expect(ban).toMatchObject({ userId: bob.account.user.id });
    await rooms.bans.lift(ann.account, room.id, bob.account.user.id);
    expect(await rooms.bans.list(ann.account, room.id)).toEqual([]);
    await rooms.invitations.remove(ann.account, room.id, id);
    expect(await rooms.invitations.list(ann.account, room.id)).toEqual([]);
  });
});
