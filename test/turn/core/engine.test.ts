import { describe, expect, it } from 'vitest';
import { fakeRelay, TestClient } from '../support/relay.ts';

describe('engine', () => {
  it('relays ChannelData from a client to its peer and back', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    const port = client.allocate().relayedPort;
    expect(client.bind(0x4000, '192.0.2.9:5000').result).toBe('success');
    client.channelData(0x4000, 'up');
    expect(relay.io.at(port).take()).toEqual([{ data: Buffer.from('up'), address: '192.0.2.9', port: 5000 }]);
    relay.io.at(port).receiver.datagram(Buffer.from('down'), '192.0.2.9', 5000);
    expect(client.received()).toEqual([Buffer.from('40000004646f776e', 'hex')]);
  });
});
