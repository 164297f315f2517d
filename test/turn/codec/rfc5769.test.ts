import { describe, expect, it } from 'vitest';
import { ATTRIBUTE, CLASS, METHOD } from '../../../src/turn/codec/attributes.ts';
import {
  attributeOf,
  decodeMessage,
  hasIntegrity,
  type StunMessage,
} from '../../../src/turn/codec/message.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { readXorAddress } from '../../../src/turn/codec/xor-address.ts';
import { longTermKey } from '../../../src/turn/core/requests/authentication.ts';

const PASSWORD = Buffer.from('VOkJxbRl1RmTxUk/WvJxBt');

const REQUEST = `
  00010058 2112a442 b7e7a701bc34d686fa87dfae
  80220010 5354554e207465737420636c69656e74
  00240004 6e0001ff
  80290008 932ff9b151263b36
  00060009 6576746a3a68367659202020
  00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
  80280004 e57a3bcf`;
const IPV4_RESPONSE = `
  0101003c 2112a442 b7e7a701bc34d686fa87dfae
  8022000b 7465737420766563746f7220
  00200008 0001a147e112a643
  00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7
  80280004 c07d4c96`;
const IPV6_RESPONSE = `
  01010048 2112a442 b7e7a701bc34d686fa87dfae
  8022000b 7465737420766563746f7220
  00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9
  00080014 a382954e4be67bf11784c97c8292c275bfe3ed41
  80280004 c8fb0b4c`;
const LONG_TERM_REQUEST = `
  00010060 2112a442 78ad3433c6ad72c029da412e
  00060012 e3839ee38388e383aae38383e382afe382b90000
  0015001c 662f2f3439396b39353464364f4c33346f4c394653547679363473 41
  0014000b 6578616d706c652e6f726700
  00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666`;

describe('RFC 5769 test vectors', () => {
  it('§2.1: reads the sample request, its integrity and its fingerprint', () => {
    const message = decode(REQUEST);
    expect([message.class, message.method, message.fingerprint]).toEqual([
      CLASS.request,
      METHOD.binding,
      true,
    ]);
    expect(text(message, ATTRIBUTE.software)).toBe('STUN test client');
    expect(text(message, ATTRIBUTE.username)).toBe('evtj:h6vY');
    expect(hasIntegrity(message, PASSWORD)).toBe(true);
    expect(hasIntegrity(message, Buffer.from('another password'))).toBe(false);
  });

  it('§2.2: reads the IPv4 response', () => {
    const message = decode(IPV4_RESPONSE);
    expect(message.class).toBe(CLASS.success);
    expect(hasIntegrity(message, PASSWORD)).toBe(true);
    expect(mapped(message)).toBe('192.0.2.1 32853');
  });

  it('§2.3: reads the IPv6 response', () => {
    const message = decode(IPV6_RESPONSE);
    expect(hasIntegrity(message, PASSWORD)).toBe(true);
    expect(mapped(message)).toBe('2001:db8:1234:5678:11:2233:4455:6677 32853');
  });

  it('§2.4: reads the request with long-term credentials', () => {
    const message = decode(LONG_TERM_REQUEST);
    const username = text(message, ATTRIBUTE.username) ?? '';
    expect(username).toBe('マトリックス');
    expect(text(message, ATTRIBUTE.nonce)).toBe('f//499k954d6OL34oL9FSTvy64sA');
    expect(hasIntegrity(message, longTermKey(username, 'example.org', 'TheMatrIX'))).toBe(true);
    expect(hasIntegrity(message, longTermKey(username, 'example.org', 'TheMatrix'))).toBe(false);
  });

  it('writes the responses of §2.2 and §2.3 again, save for the bytes of padding that the RFC leaves free', () => {
    for (const vector of [IPV4_RESPONSE, IPV6_RESPONSE]) {
      const original = decode(vector);
      const value = attributeOf(original, ATTRIBUTE.xorMappedAddress) ?? Buffer.alloc(0);
      const peer = readXorAddress(value, original.transactionId);
      if (peer === undefined) throw new Error('no address in the vector');
      const writer = new MessageWriter(METHOD.binding, CLASS.success, original.transactionId);
      // The vectors pad SOFTWARE with a space, which is at the same place as a part of the value.
      writer
        .text(ATTRIBUTE.software, 'test vector ')
        .xorAddress(ATTRIBUTE.xorMappedAddress, peer.address, peer.port);
      const written = writer.finish(undefined, false);
      written[23] = 11;
      expect(written.subarray(20).toString('hex')).toBe(
        original.bytes.subarray(20, original.integrityAt).toString('hex'),
      );
    }
  });
});

function decode(vector: string): StunMessage {
  const bytes = Buffer.from(vector.replace(/\s/g, ''), 'hex');
  const message = decodeMessage(bytes);
  if (message === undefined) throw new Error('the vector was not read as STUN');
  return message;
}

function text(message: StunMessage, type: number): string | undefined {
  return attributeOf(message, type)?.toString('utf8');
}

function mapped(message: StunMessage): string {
  const value = attributeOf(message, ATTRIBUTE.xorMappedAddress) ?? Buffer.alloc(0);
  const found = readXorAddress(value, message.transactionId);
  return `${found?.address.text} ${found?.port}`;
}
