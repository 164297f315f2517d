import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, METHOD } from '../../../../src/turn/codec/attributes.ts';
import type { MessageWriter } from '../../../../src/turn/codec/message-writer.ts';
import { MAX_CHANNELS } from '../../../../src/turn/core/traffic/peer-table.ts';
import { relayWithAllocation, writePeer } from '../../../support/turn/fake-relay.ts';

const PEER = '192.0.2.9:5000';

describe('ChannelBind', () => {
  it.each([
    [0x3fff, 400],
    [0x4000, 'success'],
    [0x4fff, 'success'],
    [0x5000, 'success'],
    [0x7fff, 'success'],
    [0x8000, 400],
  ])('of channel %i is answered with %s', (number, result) => {
    expect(relayWithAllocation().client.bind(number, PEER).result).toBe(result);
  });

  it('binds a number to one peer and a peer to one number; the same pair again is a refresh', () => {
    const { client } = relayWithAllocation();
    expect(client.bind(0x4000, PEER).result).toBe('success');
    expect(client.bind(0x4000, PEER).result).toBe('success');
    expect(client.bind(0x4000, '192.0.2.9:5001').result).toBe(400);
    expect(client.bind(0x4001, PEER).result).toBe(400);
    expect(client.bind(0x4001, '192.0.2.9:5001').result).toBe('success');
  });

  it('needs a number, one peer, and a port', () => {
    const { client } = relayWithAllocation();
    const number = (writer: MessageWriter) => writer.uint32(ATTRIBUTE.channelNumber, 0x4000_0000);
    const results = [
      client.request(METHOD.channelBind, (writer) => writePeer(writer, PEER)),
      client.request(METHOD.channelBind, number),
      client.request(METHOD.channelBind, (writer) =>
        writePeer(writePeer(number(writer), PEER), '192.0.2.10:1'),
      ),
      client.bind(0x4000, '192.0.2.9:0'),
    ].map(({ result }) => result);
    expect(results).toEqual([400, 400, 400, 400]);
    expect(client.bind(0x4000, '[2001:db8:9::9]:5000').result).toBe(443);
  });

  it('answers 508 above MAX_CHANNELS', () => {
    const { client } = relayWithAllocation();
    for (let index = 0; index < MAX_CHANNELS; index++) {
      expect(client.bind(0x4000 + index, `192.0.2.9:${index + 1}`).result).toBe('success');
    }
    expect(client.bind(0x5000, '192.0.2.9:9999').result).toBe(508);
    expect(client.bind(0x4000, '192.0.2.9:1').result).toBe('success');
  });
});
