import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, CLASS, METHOD } from '../../../../src/turn/codec/attributes.ts';
import { hasIntegrity } from '../../../../src/turn/codec/message.ts';
import { MessageWriter } from '../../../../src/turn/codec/message-writer.ts';
import { MAX_CHANNELS, MAX_PERMISSIONS } from '../../../../src/turn/core/traffic/peer-table.ts';
import { Answer } from '../../../support/turn/answer.ts';
import { fakeRelay, restCredentials, TestClient, writePeer } from '../../../support/turn/fake-relay.ts';

const PEER = '192.0.2.9:5000';
const MINUTE = 60_000;

function allocated(conf: Parameters<typeof fakeRelay>[0] = {}) {
  const relay = fakeRelay({ staleNonce: 0, ...conf });
  const client = new TestClient(relay);
  const port = client.allocate().relayedPort;
  return { relay, client, socket: relay.io.at(port), port };
}

describe('Binding', () => {
  it('tells anyone the address that the request came from', () => {
    const client = new TestClient(fakeRelay());
    const answer = client.request(METHOD.binding, undefined, { bare: true });
    expect(answer.result).toBe('success');
    expect(answer.address(ATTRIBUTE.xorMappedAddress)).toBe('198.51.100.7:40000');
  });

  it('answers 420 to unknown comprehension-required attributes', () => {
    const client = new TestClient(fakeRelay());
    const answer = client.request(METHOD.binding, (writer) => writer.uint32(0x0024, 1), { bare: true });
    expect(answer.result).toBe(420);
    expect(answer.attribute(ATTRIBUTE.unknownAttributes)?.toString('hex')).toBe('0024');
  });
});

describe('every request gets an answer, an indication never does', () => {
  it.each([0x002, 0x009, 0x00a, 0x00b, 0x123, 0xfff])('method 0x%s', (method) => {
    const { client } = allocated();
    expect(client.request(method, undefined, { bare: true }).result).toBeTypeOf('number');
    for (const messageClass of [CLASS.indication, CLASS.success, CLASS.error]) {
      const message = new MessageWriter(method, messageClass, Buffer.alloc(12)).finish(undefined, true);
      expect(client.raw(message)).toEqual([]);
    }
  });

  it('with malformed attributes: 400', () => {
    const client = new TestClient(fakeRelay());
    const bytes = Buffer.from('000100042112a4420102030405060708090a0b0c0006ffff', 'hex');
    expect(client.raw(bytes).map((answer) => new Answer(answer).result)).toEqual([400]);
  });

  it('signs every success and every error after authentication, with a FINGERPRINT when asked with one', () => {
    const { client } = allocated();
    for (const fingerprint of [false, true]) {
      const options = { fingerprint };
      const answers = [
        client.request(METHOD.createPermission, (writer) => writePeer(writer, PEER), options),
        client.request(METHOD.createPermission, undefined, options),
        client.request(METHOD.channelBind, undefined, options),
        client.request(
          METHOD.channelBind,
          (writer) => writePeer(writer.uint32(ATTRIBUTE.channelNumber, 0x4000_0000), PEER),
          options,
        ),
        client.request(METHOD.refresh, undefined, options),
        client.allocate(undefined, options),
      ];
      expect(answers.map(({ result }) => result)).toEqual(['success', 400, 400, 'success', 'success', 437]);
      expect(answers.every(({ message }) => hasIntegrity(message, client.key))).toBe(true);
      expect(answers.every(({ message }) => message.fingerprint === fingerprint)).toBe(true);
    }
  });
});

describe('an allocation belongs to its user', () => {
  it('answers 437 without an allocation', () => {
    const client = new TestClient(fakeRelay());
    expect(
      [client.refresh(), client.permit(PEER), client.bind(0x4000, PEER)].map(({ result }) => result),
    ).toEqual([437, 437, 437]);
  });

  it('answers 441 to another user on the same 5-tuple', () => {
    const { relay } = allocated();
    const other = new TestClient(relay, { credentials: restCredentials(relay.clock, 'bob') });
    other.allocate();
    expect(
      [other.refresh(), other.permit(PEER), other.bind(0x4000, PEER)].map(({ result }) => result),
    ).toEqual([441, 441, 441]);
    expect(other.allocate().result).toBe(437);
    expect(relay.engine.stats().allocations).toBe(1);
  });
});

describe('Refresh', () => {
  it('extends the allocation and responds with the granted lifetime', () => {
    const { relay, client } = allocated();
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
    const { relay, client, socket } = allocated();
    expect(client.refresh(0).lifetime).toBe(0);
    expect(socket.open).toBe(false);
    expect(client.refresh(0).result).toBe(437);
    expect(relay.engine.stats().allocations).toBe(0);
    expect(client.allocate().result).toBe('success');
  });

  it('of another family is refused with 443', () => {
    const { client } = allocated();
    const ask = (family: number) =>
      client.request(METHOD.refresh, (writer) =>
        writer.uint32(ATTRIBUTE.requestedAddressFamily, family * 2 ** 24),
      ).result;
    expect([ask(2), ask(1)]).toEqual([443, 'success']);
  });

  it('with a LIFETIME of another length is refused with 400', () => {
    const { client } = allocated();
    const answer = client.request(METHOD.refresh, (writer) =>
      writer.bytes(ATTRIBUTE.lifetime, Buffer.alloc(2)),
    );
    expect(answer.result).toBe(400);
  });
});

describe('CreatePermission', () => {
  it('permits all its peers, whatever their ports', () => {
    const { client, socket } = allocated();
    expect(client.permit(PEER, '192.0.2.10:1').result).toBe('success');
    client.send('192.0.2.9:7', 'a');
    client.send('192.0.2.10:8', 'b');
    expect(socket.take().map(({ address, port }) => `${address}:${port}`)).toEqual([
      '192.0.2.9:7',
      '192.0.2.10:8',
    ]);
  });

  it('answers 400 without a peer or with a malformed one, 443 for another family', () => {
    const { client } = allocated();
    expect(client.request(METHOD.createPermission).result).toBe(400);
    const malformed = client.request(METHOD.createPermission, (writer) =>
      writePeer(writer, PEER).bytes(ATTRIBUTE.xorPeerAddress, Buffer.alloc(9)),
    );
    expect(malformed.result).toBe(400);
    expect(client.permit('[2001:db8:9::9]:5000').result).toBe(443);
  });

  it('answers 508 above MAX_PERMISSIONS, and still refreshes existing ones', () => {
    const { relay, client } = allocated();
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

describe('ChannelBind', () => {
  it.each([
    [0x3fff, 400],
    [0x4000, 'success'],
    [0x4fff, 'success'],
    [0x5000, 'success'],
    [0x7fff, 'success'],
    [0x8000, 400],
  ])('of channel %i is answered with %s', (number, result) => {
    expect(allocated().client.bind(number, PEER).result).toBe(result);
  });

  it('binds a number to one peer and a peer to one number; the same pair again is a refresh', () => {
    const { client } = allocated();
    expect(client.bind(0x4000, PEER).result).toBe('success');
    expect(client.bind(0x4000, PEER).result).toBe('success');
    expect(client.bind(0x4000, '192.0.2.9:5001').result).toBe(400);
    expect(client.bind(0x4001, PEER).result).toBe(400);
    expect(client.bind(0x4001, '192.0.2.9:5001').result).toBe('success');
  });

  it('needs a number, one peer, and a port', () => {
    const { client } = allocated();
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
    const { client } = allocated();
    for (let index = 0; index < MAX_CHANNELS; index++) {
      expect(client.bind(0x4000 + index, `192.0.2.9:${index + 1}`).result).toBe('success');
    }
    expect(client.bind(0x5000, '192.0.2.9:9999').result).toBe(508);
    expect(client.bind(0x4000, '192.0.2.9:1').result).toBe('success');
  });
});
