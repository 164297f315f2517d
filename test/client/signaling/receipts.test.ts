import { describe, expect, it } from 'vitest';
import { live, type Wire } from './wire.ts';

describe('acknowledgement', () => {
  const acks = (wire: Wire) =>
    wire.socket.sent.flatMap(({ event, payload }) => (event === 'session:ack' ? [payload] : []));
  const pong = (wire: Wire, from: number, to: number) => {
    for (let seq = from; seq <= to; seq += 1) wire.socket.say('pong', seq, { serverTime: '' });
  };

  it('[SE7] is sent every 8 messages', async () => {
    const wire = await live();
    pong(wire, 2, 7);
    expect(acks(wire)).toEqual([]);
    pong(wire, 8, 16);
    expect(acks(wire)).toEqual([{ seq: 8 }, { seq: 16 }]);
  });

  it('[SE7] is sent after 2 s for fewer messages', async () => {
    const wire = await live();
    pong(wire, 2, 5);
    await wire.pass(1_999);
    expect(acks(wire)).toEqual([]);
    await wire.pass(1);
    expect(acks(wire)).toEqual([{ seq: 5 }]);
    await wire.pass(10_000);
    expect(acks(wire)).toEqual([{ seq: 5 }]);
  });

  it('has no id: it need not survive the connection', async () => {
    const wire = await live();
    await wire.pass(2_000);
    expect(wire.socket.sent).toEqual([{ event: 'session:ack', payload: { seq: 1 } }]);
  });
});
