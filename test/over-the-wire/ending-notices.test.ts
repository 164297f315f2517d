import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../src/protocol/codes.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { SECRET } from '../support/server/accounts.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { ask, minted } from './hosting.ts';
import { startStage } from './stage.ts';

const MINUTE_MS = 60_000;

/** A room that ends in `inMs`, of a backend, and Ada in it. */
async function ending(inMs: number) {
  const clock = new FakeClock(Date.now());
  const environment = { JWT_SECRET: SECRET, DATABASE_PATH: temporaryDatabase() };
  const stage = await startStage(environment, { clock });
  const service = await minted(stage, { sub: 'backend', role: 'service' });
  const atMs = clock.now() + inMs;
  const body = { expiresAt: new Date(atMs).toISOString(), endAtExpiry: true, emptySeconds: 60 };
  const { roomId } = await (await ask(stage, 'POST', '/rooms', service, body)).json();
  const ada = await (await minted(stage, { sub: 'ada' })).inside(roomId);
  /** Moves the wall clock, and lets the server look at it. */
  const pass = (ms: number): void => {
    clock.jump(ms - 500);
    clock.advance(500);
  };
  const move = (fields: object) => ask(stage, 'PATCH', `/rooms/${roomId}`, service, fields);
  return { stage, clock, environment, atMs, roomId, ada, pass, move };
}

describe('room:ending', () => {
  it('[CT6] tells those inside five minutes and one minute ahead, then the room ends', async () => {
    const { stage, atMs, roomId, ada, pass, move } = await ending(6 * MINUTE_MS);
    pass(MINUTE_MS - 1_000);
    await ada.settled();
    pass(1_000);
    expect((await ada.next('room:ending')).payload).toEqual({ atMs });
    const ben = await (await minted(stage, { sub: 'ben' })).inside(roomId);
    await move({ name: 'Tea' });
    pass(4 * MINUTE_MS);
    expect((await ben.next('room:ending')).payload).toEqual({ atMs });
    expect((await ada.next('room:ending')).payload).toEqual({ atMs });
    pass(MINUTE_MS);
    expect((await ada.closed).code).toBe(CLOSE.roomClosed);
    const names = (frames: readonly { event: string }[]) =>
      frames.map(({ event }) => event).filter((event) => event === 'room:ending');
    expect([names(ada.frames), names(ben.frames)]).toEqual([['room:ending', 'room:ending'], ['room:ending']]);
  });

  it('[CT6] tells it again if PATCH moves the end, at once if that is near', async () => {
    const { clock, ada, pass, move } = await ending(5 * MINUTE_MS + 1_000);
    pass(1_000);
    await ada.next('room:ending');
    const later = clock.now() + 10 * MINUTE_MS;
    await move({ expiresAt: new Date(later).toISOString() });
    const near = clock.now() + 2 * MINUTE_MS;
    await move({ expiresAt: new Date(near).toISOString() });
    expect((await ada.next('room:ending')).payload).toEqual({ atMs: near });
    await move({ endAtExpiry: false });
    await move({ endAtExpiry: true });
    await ada.settled();
    expect(ada.frames.filter(({ event }) => event === 'room:ending')).toHaveLength(2);
  });

  it('[CT6] [SE8] is told over a restart, and not again', async () => {
    const { stage, clock, environment, atMs, ada, pass } = await ending(5 * MINUTE_MS + 1_000);
    pass(1_000);
    await ada.next('room:ending');
    let isOver = false;
    const drained = stage.server.drain().then(() => {
      isOver = true;
    });
    while (!isOver) {
      clock.advance(100);
      await nextTurn();
    }
    await drained;
    await ada.closed;
    const next = await startStage(environment, { clock });
    const back = ada.resume(ada.lastSeq, next.server.wsUrl);
    expect((await back.welcome).payload.resumed).toBe(true);
    pass(1_000);
    await back.settled();
    expect(back.frames.filter(({ event }) => event === 'room:ending')).toEqual([]);
    pass(4 * MINUTE_MS);
    expect((await back.next('room:ending')).payload).toEqual({ atMs });
  });
});
