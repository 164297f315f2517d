import { describe, expect, it } from 'vitest';
import { SECRET } from '../support/server/accounts.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import type { RawClient } from '../support/server/ws-client.ts';
import { ask, chatFrames, chatting, read, say } from './chatting.ts';
import { type Guest, type Person, type Stage, startStage } from './stage.ts';

const settings = () => ({ DATABASE_PATH: temporaryDatabase(), JWT_SECRET: SECRET });
const LISTENING = 'since_join';

/** Ann and Ben, who have said something, and Cleo, who came after that. */
async function late(environment: ReturnType<typeof settings> = settings()) {
  const { on, roomId, ann, ben } = await chatting({ chat: LISTENING }, environment);
  const { id: before } = await say(ann, 'before');
  const cleo = await (await on.guest('Cleo')).inside(roomId);
  await say(ben, 'since');
  return { on, roomId, ann, ben, cleo, before, environment };
}

/** The server ends as on SIGTERM, and the next one begins. */
async function restarted({ server }: Stage, environment: ReturnType<typeof settings>): Promise<Stage> {
  await server.drain();
  return startStage(environment);
}

async function resumed(person: Person, on: Stage): Promise<RawClient> {
  const again = person.resume(undefined, on.server.wsUrl);
  expect((await again.welcome).payload.resumed).toBe(true);
  return again;
}

/** What Cleo hears in this session of the chat. */
const heard = (person: RawClient) => chatFrames(person).map(({ payload }) => payload);

async function hold(on: Stage, guest: Guest, roomId: string): Promise<void> {
  expect((await ask(on, guest, 'POST', `/rooms/${roomId}/join`, {})).status).toBe(200);
}

describe('what somebody may read under `since_join`', () => {
  it('[CH3][SE3] is the same after a resume, with what was said meanwhile', async () => {
    const { on, roomId, ann, cleo, before } = await late();
    cleo.cut();
    await ann.next('peer:suspended');
    await ann.request('chat:edit', { id: before, message: 'edited' });
    await say(ann, 'meanwhile');
    await say(ann, 'a reply', before);
    expect(await read(on, cleo.guest, roomId)).toEqual(['since', 'meanwhile']);
    const again = await resumed(cleo, on);
    await again.next('chat');
    await again.settled();
    expect(heard(again)).toMatchObject([{ message: 'meanwhile' }]);
    expect(await read(on, cleo.guest, roomId)).toEqual(['since', 'meanwhile']);
  });

  it.each([
    ['its line was lost before', true],
    ['its line was lost by the restart', false],
  ])('[CH3][SE8] is the same after a restart: %s', async (_, isCut) => {
    const { on, roomId, ann, ben, cleo, before, environment } = await late();
    if (isCut) {
      cleo.cut();
      await ann.next('peer:suspended');
    }
    const after = await restarted(on, environment);
    const annAgain = await resumed(ann, after);
    await annAgain.request('chat:edit', { id: before, message: 'edited' });
    await annAgain.request('chat', { message: 'after' });
    for (const guest of [cleo.guest, ben.guest, ann.guest]) {
      const all = guest === cleo.guest ? ['since', 'after'] : ['edited', 'since', 'after'];
      expect(await read(after, guest, roomId)).toEqual(all);
    }
    const cleoAgain = await resumed(cleo, after);
    await cleoAgain.next('chat');
    await cleoAgain.settled();
    expect(heard(cleoAgain)).toMatchObject([{ message: 'after' }]);
    expect(await read(after, cleo.guest, roomId)).toEqual(['since', 'after']);
  });

  it('[CH3] goes on when another session takes the place of a lost one, and begins anew after leaving', async () => {
    const { on, roomId, ann, cleo } = await late();
    cleo.cut();
    await ann.next('peer:suspended');
    const again = await cleo.guest.inside(roomId);
    await say(ann, 'later');
    expect(await read(on, cleo.guest, roomId)).toEqual(['since', 'later']);
    await again.request('room:leave');
    await again.request('room:join', { roomId });
    expect(await read(on, cleo.guest, roomId)).toEqual([]);
  });

  it('[CH3] begins anew when the process died, and its sessions with it', async () => {
    const { on, roomId, ann, cleo, environment } = await late();
    await on.server.close();
    const after = await startStage(environment);
    const again = (guest: Guest) => after.bearer(guest.userId, guest.token).inside(roomId);
    const annAgain = await again(ann.guest);
    await again(cleo.guest);
    await say(annAgain, 'after');
    expect(await read(after, cleo.guest, roomId)).toEqual(['after']);
    expect(await read(after, ann.guest, roomId)).toEqual(['before', 'since', 'after']);
  });

  it('[CH3][RM8] begins with the place that is held, also across a restart', async () => {
    const { on, roomId, ann, environment } = await late();
    const dan = await on.guest('Dan');
    await hold(on, dan, roomId);
    await say(ann, 'expected');
    await hold(on, dan, roomId);
    const after = await restarted(on, environment);
    await (await resumed(ann, after)).request('chat', { message: 'after' });
    expect(await read(after, dan, roomId)).toEqual(['expected', 'after']);
    const inside = await after.bearer(dan.userId, dan.token).inside(roomId);
    expect(await read(after, dan, roomId)).toEqual(['expected', 'after']);
    await inside.request('room:leave');
    await hold(after, dan, roomId);
    expect(await read(after, dan, roomId)).toEqual([]);
  });

  it('[CH3][KN3] begins with being admitted, not with the knock, also across a restart', async () => {
    const environment = settings();
    const { on, roomId, ann } = await chatting({ chat: LISTENING }, environment);
    await ask(on, ann.guest, 'PATCH', `/rooms/${roomId}`, { waitingRoom: true });
    const eve = await on.guest('Eve');
    const waits = await eve.connect();
    const { payload } = await waits.request('room:join', { roomId });
    await say(ann, 'knocking');
    expect((await ask(on, eve, 'GET', `/rooms/${roomId}/chat`)).status).toBe(403);
    const after = await restarted(on, environment);
    const annAgain = await resumed(ann, after);
    await annAgain.request('chat', { message: 'still knocking' });
    const inside = await resumed(waits, after);
    expect((await annAgain.request('room:admit', payload)).event).toBe('ack');
    await inside.next('room:joined');
    await annAgain.request('chat', { message: 'let in' });
    expect(await read(after, eve, roomId)).toEqual(['let in']);
  });

  it('[CH3][RM6] is all for a host, and what it was once the right is taken', async () => {
    const { on, roomId, ann, cleo, before } = await late();
    await ann.request('room:host', { peerId: cleo.peerId, host: true });
    expect(await read(on, cleo.guest, roomId)).toEqual(['before', 'since']);
    await ann.request('chat:edit', { id: before, message: 'edited' });
    await cleo.next('chat:edited');
    await ann.request('room:host', { peerId: cleo.peerId, host: false });
    expect(await read(on, cleo.guest, roomId)).toEqual(['since']);
  });
});
