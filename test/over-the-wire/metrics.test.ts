import { expect, it } from 'vitest';
import { startStage } from './stage.ts';

it('/metrics counts messages received, sent, relayed, and refused by code', async () => {
  const stage = await startStage();
  const roomId = await stage.room();
  const [ann, ben] = [await (await stage.guest()).inside(roomId), await (await stage.guest()).inside(roomId)];
  await ann.next('peer:joined');
  const before = await figures();
  await ann.request('call:offer', { to: ben.peerId, sdp: 'v=0' });
  await ben.next('call:offer');
  await ann.request('call:offer', { to: stage.server.port.toString(), sdp: 'v=0' });
  await ann.request('call:offer', { to: '99999999-9999-4999-8999-999999999999', sdp: 'v=0' });
  const after = await figures();
  const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  expect(grown('parley_messages_received_total')).toBe(3);
  expect(grown('parley_messages_relayed_total')).toBe(1);
  // An offer, an ack and two errors.
  expect(grown('parley_messages_sent_total')).toBe(4);
  expect(grown('parley_messages_refused_total{code="invalid_message"}')).toBe(1);
  expect(grown('parley_messages_refused_total{code="peer_gone"}')).toBe(1);

  async function figures(): Promise<Map<string, number>> {
    const text = await (await stage.get('/metrics')).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
    );
  }
});
