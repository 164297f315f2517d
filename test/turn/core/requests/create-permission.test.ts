import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, METHOD } from '../../../../src/turn/codec/attributes.ts';
import { MAX_PERMISSIONS } from '../../../../src/turn/core/traffic/peer-table.ts';
import { relayWithAllocation, writePeer } from '../../../support/turn/fake-relay.ts';

const PEER = '192.0.2.9:5000';

describe('CreatePermission', () => {
  it('permits all its peers, whatever their ports', () => {
    const { client, socket } = relayWithAllocation();
    expect(client.permit(PEER, '192.0.2.10:1').result).toBe('success');
    client.send('192.0.2.9:7', 'a');
    client.send('192.0.2.10:8', 'b');
    expect(socket.take().map(({ address, port }) => `${address}:${port}`)).toEqual([
      '192.0.2.9:7',
      '192.0.2.10:8',
    ]);
  });

  it('answers 400 without a peer or with a malformed one, 443 for another family', () => {
    const { client } = relayWithAllocation();
    expect(client.request(METHOD.createPermission).result).toBe(400);
    const malformed = client.request(METHOD.createPermission, (writer) =>
      writePeer(writer, PEER).bytes(ATTRIBUTE.xorPeerAddress, Buffer.alloc(9)),
    );
    expect(malformed.result).toBe(400);
    expect(client.permit('[2001:db8:9::9]:5000').result).toBe(443);
  });

  it('answers 508 above MAX_PERMISSIONS, and still refreshes existing ones', () => {
    const { relay, client } = relayWithAllocation();
    const peers = Array.from({ length: MAX_PERMISSIONS }, (_, index) => `192.0.2.${index + 1}:5000`);
    expect(client.permit(...peers.slice(0, 100)).result).toBe('success');
    expect(client.permit(...peers.slice(90), '192.0.2.200:1').result).toBe(508);
    expect(client.permit(...peers).result).toBe('success');
    expect(client.permit('192.0.2.200:1').result).toBe(508);
    expect(client.permit(...peers.slice(5, 9)).result).toBe('success');
    expect(client.bind(0x4000, '192.0.2.200:1').result).toBe(508);
    expect(relay.engine.stats().denials.bounds).toBe(3);
  });
});
