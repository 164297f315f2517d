import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/lib/log.ts';
import { arrive } from '../../support/turn/fake-io.ts';
import { fakeRelay, TestClient } from '../../support/turn/fake-relay.ts';

describe('engine', () => {
  it('relays between a client and its peer, and counts it in its stats', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const port = client.allocate().relayedPort;
    client.bind(0x4000, '192.0.2.9:5000');
    client.channelData(0x4000, 'up');
    arrive(relay.io.at(port).receiver, Buffer.from('down'), '192.0.2.9', 5000);
    expect(relay.engine.stats()).toMatchObject({
      allocations: 1,
      allocationsMade: 1,
      packetsUp: 1,
      bytesUp: 2,
      packetsDown: 1,
      bytesDown: 4,
      packetsInside: 0,
      unauthorized: 1,
    });
    expect(client.received()).toHaveLength(1);
    client.refresh(0);
    expect(relay.engine.stats()).toMatchObject({ allocations: 0, allocationsMade: 1, packetsUp: 1 });
  });

  it('logs each allocation at info if verbose is set, else at debug, and never a secret', () => {
    for (const verbose of [true, false]) {
      const lines: string[] = [];
      const log = createLog({ level: 'info', now: () => 0, write: (line) => lines.push(line) });
      const client = new TestClient(fakeRelay({ verbose }, {}, log));
      client.allocate();
      client.refresh(0);
      expect(lines.map((line) => line.includes('allocation'))).toEqual(verbose ? [true, true] : []);
      expect(lines.join('')).not.toContain(client.credentials.password);
    }
  });

  it('serves several listeners, each with clients of its own', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    client.allocate();
    const second = relay.engine.addListener(relay.socket, { address: '10.0.0.2', port: 3478 });
    arrive(second, client.encode(0x004), client.address, client.port);
    // RFC 8656 §2: the server's address is part of the 5-tuple.
    expect(client.received().map((answer) => (answer[26] ?? 0) * 100 + (answer[27] ?? 0))).toEqual([437]);
  });

  it('can be closed twice, and two of them live in one process', () => {
    const [one, other] = [fakeRelay(), fakeRelay()];
    new TestClient(one).allocate();
    one.engine.close();
    one.engine.close();
    expect(new TestClient(other).allocate().result).toBe('success');
  });
});
