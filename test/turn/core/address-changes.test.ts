import { describe, expect, it } from 'vitest';
import { ATTRIBUTE } from '../../../src/turn/codec/attributes.ts';
import { FakeSocket } from '../../support/turn/fake-io.ts';
import { fakeRelay, RELAYED4, RELAYED6, TestClient } from '../../support/turn/fake-relay.ts';

/** A public address that this machine gets later. */
const LATER = '203.0.113.77';
const PEER = `${LATER}:22`;
const PORTS = { listenerPorts: [3478, 5349] };

const relayedBy = (client: TestClient) => client.allocate().address(ATTRIBUTE.xorRelayedAddress) ?? '';

describe('a machine whose addresses change', () => {
  it('denies peers on an address that it got after the start', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    client.allocate();
    expect(client.permit(PEER).result).toBe('success');
    expect(client.bind(0x4000, PEER).result).toBe('success');
    client.send(PEER, 'away still');
    const [port] = relay.io.opened;
    expect(port?.sent).toHaveLength(1);

    relay.engine.setAddresses(
      { relayed4: RELAYED4, relayed6: RELAYED6, own: ['10.0.0.1', LATER], ...PORTS },
      [],
    );
    client.send(PEER, 'at home now');
    client.channelData(0x4000, 'by channel');
    expect(port?.sent).toHaveLength(1);
    expect(client.permit(PEER).result).toBe(403);
    expect(client.bind(0x4000, PEER).result).toBe(403);
  });

  it('allows peers on an address that is no longer its own', () => {
    const relay = fakeRelay({}, { own: ['10.0.0.1', LATER] });
    const client = new TestClient(relay);
    client.allocate();
    expect(client.permit(PEER).result).toBe(403);
    relay.engine.setAddresses({ relayed4: RELAYED4, relayed6: RELAYED6, own: ['10.0.0.1'], ...PORTS }, []);
    expect(client.permit(PEER).result).toBe('success');
  });

  it('ends allocations whose relayed address is lost, and gives new ones the new address', () => {
    const relay = fakeRelay();
    const [old, young] = [new TestClient(relay), new TestClient(relay, { port: 40_001, peerId: 'ben' })];
    old.allocate();
    const [port] = relay.io.opened;
    relay.engine.setAddresses({ relayed4: LATER, relayed6: undefined, own: ['10.0.0.1'], ...PORTS }, [
      RELAYED4,
    ]);
    expect(port?.open).toBe(false);
    expect(old.refresh().result).toBe(437);
    expect(relayedBy(young)).toMatch(`${LATER}:`);
  });

  it('keeps allocations whose address still exists, and their peers reach them in memory', () => {
    const relay = fakeRelay();
    const [old, young] = [new TestClient(relay), new TestClient(relay, { port: 40_001, peerId: 'ben' })];
    const oldAt = relayedBy(old);
    const now = { relayed4: LATER, relayed6: undefined, own: ['10.0.0.1', RELAYED4, LATER] };
    relay.engine.setAddresses({ ...now, ...PORTS }, []);
    const youngAt = relayedBy(young);
    expect([young.permit(oldAt).result, old.permit(youngAt).result]).toEqual(['success', 'success']);
    young.send(oldAt, 'hello');
    expect(old.received()).toHaveLength(1);
    expect(relay.engine.stats().packetsInside).toBe(1);
  });

  it('refuses a family without an address until one appears', () => {
    const relay = fakeRelay({}, { relayed4: undefined, relayed6: undefined });
    const client = new TestClient(relay);
    expect(client.allocate().result).toBe(440);
    relay.engine.setAddresses({ relayed4: RELAYED4, relayed6: undefined, own: [], ...PORTS }, []);
    expect(relayedBy(client)).toMatch(`${RELAYED4}:`);
  });

  it('ends only the allocations of a listener that is closed', () => {
    const relay = fakeRelay();
    const socket = new FakeSocket();
    const listener = relay.engine.addListener(socket, { address: '10.0.0.2', port: 3478 });
    const here = new TestClient(relay);
    const there = new TestClient({ ...relay, socket, listener }, { port: 40_001, peerId: 'ben' });
    here.allocate();
    there.allocate();
    relay.engine.closeListener(socket);
    expect(socket.open).toBe(false);
    expect(relay.engine.stats().allocations).toBe(1);
    expect(here.refresh().result).toBe('success');
  });

  it('keeps no reserved port on an address that has changed', () => {
    const relay = fakeRelay();
    const client = new TestClient(relay);
    client.allocate((writer) => writer.bytes(ATTRIBUTE.evenPort, Buffer.from([0x80])));
    expect(relay.io.live).toHaveLength(2);
    relay.engine.setAddresses({ relayed4: RELAYED4, relayed6: RELAYED6, own: [], ...PORTS }, []);
    expect(relay.io.live).toHaveLength(1);
  });
});
