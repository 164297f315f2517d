import { expect, it } from 'vitest';
import { Database } from '../../src/store/sqlite/driver.ts';
import { startStage } from '../over-the-wire/stage.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { until } from '../support/until.ts';
import { believe } from './pairing.ts';
import { SECRET, said, startReceiver } from './receiver.ts';

it('[CT5] calls go on while the database is locked, and what happened is told afterwards', async () => {
  const receiver = await startReceiver();
  const clock = new FakeClock(Date.now());
  const stage = await startStage({ WEBHOOK_URLS: receiver.url(), WEBHOOK_SECRET: SECRET }, { clock });
  const roomId = await stage.room();
  await receiver.take(1);
  const [ann, ben] = [await stage.guest('Ann'), await stage.guest('Ben')];
  const holder = new Database(stage.server.config.databasePath);
  holder.exec('BEGIN IMMEDIATE');
  try {
    const [first, second] = [await ann.inside(roomId), await ben.inside(roomId)];
    second.send('call:offer', { to: first.peerId, sdp: 'v=0' }, 2);
    await first.next('call:offer');
    expect((await second.request('room:leave')).event).toBe('ack');
    await first.next('peer:left');
  } finally {
    holder.close();
  }
  const events = () => receiver.received.map((one) => said(one));
  await until(() => {
    clock.advance(50);
    return events().some(({ type }) => type === 'call.ended');
  });
  expect(events().map(({ type, data }) => [type, data.participants])).toEqual([
    ['room.created', undefined],
    ['participant.joined', 1],
    ['participant.joined', 2],
    ['call.started', 2],
    ['participant.left', 1],
    ['call.ended', 1],
  ]);
  expect(believe(events().slice(1)).faults).toEqual([]);
});
