import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, METHOD } from '../../../../src/turn/codec/attributes.ts';
import { relayWithAllocation } from '../../../support/turn/fake-relay.ts';

const MINUTE = 60_000;

describe('Refresh', () => {
  it('extends the allocation and responds with the granted lifetime', () => {
    const { relay, client } = relayWithAllocation();
    relay.clock.advance(9 * MINUTE);
    expect(client.refresh(1800).lifetime).toBe(1800);
    relay.clock.advance(29 * MINUTE);
    expect(client.refresh().lifetime).toBe(600);
    relay.clock.advance(9 * MINUTE);
    expect(relay.engine.stats().allocations).toBe(1);
    relay.clock.advance(2 * MINUTE);
    expect(relay.engine.stats().allocations).toBe(0);
  });

  it('of 0 ends the allocation and closes its socket', () => {
    const { relay, client, socket } = relayWithAllocation();
    expect(client.refresh(0).lifetime).toBe(0);
    expect(socket.open).toBe(false);
    expect(client.refresh(0).result).toBe(437);
    expect(relay.engine.stats().allocations).toBe(0);
    expect(client.allocate().result).toBe('success');
  });

  it('of another family is refused with 443', () => {
    const { client } = relayWithAllocation();
    const ask = (family: number) =>
      client.request(METHOD.refresh, (writer) =>
        writer.uint32(ATTRIBUTE.requestedAddressFamily, family * 2 ** 24),
      ).result;
    expect([ask(2), ask(1)]).toEqual([443, 'success']);
  });

  it('with a LIFETIME of another length is refused with 400', () => {
    const { client } = relayWithAllocation();
    const answer = client.request(METHOD.refresh, (writer) =>
      writer.bytes(ATTRIBUTE.lifetime, Buffer.alloc(2)),
    );
    expect(answer.result).toBe(400);
  });
});
