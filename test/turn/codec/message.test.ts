import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4, ipv6 } from '../../../src/turn/codec/addresses.ts';
import { ATTRIBUTE, CLASS, type MessageClass } from '../../../src/turn/codec/attributes.ts';
import {
  attributeOf,
  decodeMessage,
  hasIntegrity,
  unknownAttributes,
} from '../../../src/turn/codec/message.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { readXorAddress } from '../../../src/turn/codec/xor-address.ts';

const ID = '0102030405060708090a0b0c';
const COOKIE = '2112a442';

const TABLE: readonly { what: string; hex: string; read: 'message' | 'malformed' | 'not STUN' }[] = [
  { what: 'a Binding request', hex: `00010000${COOKIE}${ID}`, read: 'message' },
  { what: 'an unknown method', hex: `3eef0000${COOKIE}${ID}`, read: 'message' },
  { what: 'an empty attribute', hex: `00010004${COOKIE}${ID}00060000`, read: 'message' },
  { what: 'padding after 1 byte', hex: `00010008${COOKIE}${ID}0006000141000000`, read: 'message' },
  { what: 'nothing', hex: '', read: 'not STUN' },
  { what: 'a header cut short', hex: `00010000${COOKIE}${ID.slice(2)}`, read: 'not STUN' },
  { what: 'a wrong magic cookie', hex: `000100002112a443${ID}`, read: 'not STUN' },
  { what: 'the first bit set', hex: `80010000${COOKIE}${ID}`, read: 'not STUN' },
  { what: 'ChannelData', hex: `40010000${COOKIE}${ID}`, read: 'not STUN' },
  { what: 'a length that is no multiple of 4', hex: `00010002${COOKIE}${ID}0000`, read: 'not STUN' },
  { what: 'a length beyond the datagram', hex: `00010004${COOKIE}${ID}`, read: 'not STUN' },
  { what: 'bytes after the message', hex: `00010000${COOKIE}${ID}00`, read: 'not STUN' },
  {
    what: 'a FINGERPRINT that does not fit',
    hex: `00010008${COOKIE}${ID}8028000400000000`,
    read: 'not STUN',
  },
  { what: 'an attribute beyond the message', hex: `00010004${COOKIE}${ID}00060001`, read: 'malformed' },
  { what: 'an attribute of 65535 bytes', hex: `00010004${COOKIE}${ID}0006ffff`, read: 'malformed' },
  {
    what: '257 attributes',
    hex: `00010404${COOKIE}${ID}${'80220000'.repeat(257)}`,
    read: 'malformed',
  },
];

describe('decodeMessage', () => {
  it.each(TABLE)('reads $what as $read', ({ hex, read }) => {
    const bytes = Buffer.from(hex, 'hex');
    const message = decodeMessage(bytes);
    expect(message === undefined ? 'not STUN' : message.wellFormed ? 'message' : 'malformed').toBe(read);
  });

  it('reads a message in the middle of a larger memory', () => {
    const bytes = Buffer.from(`ffff00010000${COOKIE}${ID}ffff`, 'hex');
    expect(decodeMessage(bytes.subarray(2, 22))?.transactionId.toString('hex')).toBe(ID);
    expect(decodeMessage(bytes.subarray(2, 21))).toBeUndefined();
    expect(decodeMessage(bytes.subarray(2))).toBeUndefined();
  });

  it('ignores attributes after MESSAGE-INTEGRITY, FINGERPRINT aside', () => {
    const key = Buffer.from('key');
    const signed = new MessageWriter(1, CLASS.request, Buffer.from(ID, 'hex'))
      .text(ATTRIBUTE.username, 'inside')
      .finish(key, false);
    const tail = Buffer.from('001a0000000600046c617465', 'hex');
    const bytes = Buffer.concat([signed, tail]);
    bytes.writeUInt16BE(bytes.length - 20, 2);
    const message = decodeMessage(bytes);
    if (message === undefined) throw new Error('not read');
    expect(message.attributes.map(({ type }) => type)).toEqual([ATTRIBUTE.username]);
    expect(unknownAttributes(message)).toEqual([]);
    expect(hasIntegrity(message, key)).toBe(true);
  });

  it('takes the first of two attributes of one type', () => {
    const bytes = new MessageWriter(1, CLASS.request, Buffer.from(ID, 'hex'))
      .text(ATTRIBUTE.username, 'first')
      .text(ATTRIBUTE.username, 'second')
      .finish(undefined, false);
    const message = decodeMessage(bytes);
    expect(message && attributeOf(message, ATTRIBUTE.username)?.toString()).toBe('first');
  });

  it('lists each unknown comprehension-required attribute once, and no optional one', () => {
    const writer = new MessageWriter(1, CLASS.request, Buffer.from(ID, 'hex'));
    for (const type of [0x001a, 0x7fff, 0x001a, 0x8000, 0xffff, ATTRIBUTE.data])
      writer.bytes(type, Buffer.alloc(0));
    const bytes = writer.finish(undefined, true);
    const message = decodeMessage(bytes);
    expect(message && unknownAttributes(message)).toEqual([0x001a, 0x7fff]);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(220), fc.nat(220), (array, from, to) => {
        decodeMessage(Buffer.from(array).subarray(from, to));
      }),
      { numRuns: 20_000 },
    );
  });

  it('never throws on what looks like STUN', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(0x3fff), (body, type) => {
        const bytes = Buffer.alloc(20 + body.length * 4);
        bytes.writeUInt16BE(type, 0);
        bytes.writeUInt16BE(body.length * 4, 2);
        bytes.write(COOKIE, 4, 'hex');
        bytes.set(body, 20);
        const message = decodeMessage(bytes);
        if (message === undefined) return;
        hasIntegrity(message, Buffer.from('key'));
        for (const { value } of message.attributes) readXorAddress(value, message.transactionId);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('MessageWriter', () => {
  const classes: readonly MessageClass[] = [0, 1, 2, 3];
  const attribute = fc.record({
    type: fc
      .nat(0xffff)
      .filter((type) => type !== ATTRIBUTE.fingerprint && type !== ATTRIBUTE.messageIntegrity),
    value: fc.uint8Array({ maxLength: 600, size: 'max' }).map((array) => Buffer.from(array)),
  });

  it('writes messages that are read back unchanged', () => {
    fc.assert(
      fc.property(
        fc.nat(0xfff),
        fc.constantFrom(...classes),
        fc.uint8Array({ minLength: 12, maxLength: 12 }),
        fc.array(attribute, { maxLength: 8 }),
        fc.boolean(),
        fc.boolean(),
        (method, messageClass, id, attributes, sign, fingerprint) => {
          const key = sign ? Buffer.from('a key') : undefined;
          const writer = new MessageWriter(method, messageClass, Buffer.from(id));
          for (const { type, value } of attributes) writer.bytes(type, value);
          const bytes = writer.finish(key, fingerprint);
          const message = decodeMessage(bytes);
          expect(message).toMatchObject({
            method,
            class: messageClass,
            wellFormed: true,
            fingerprint,
            attributes,
          });
          expect(message?.transactionId).toEqual(Buffer.from(id));
          expect(message !== undefined && hasIntegrity(message, Buffer.from('a key'))).toBe(sign);
        },
      ),
    );
  });

  it('writes addresses that are read back unchanged', () => {
    const word = fc.nat(0xffff_ffff);
    const address = fc.oneof(
      word.map((d) => ipv4(d)),
      fc.tuple(word, word, word, word).map(([a, b, c, d]) => ipv6(a, b, c, d)),
    );
    fc.assert(
      fc.property(
        address,
        fc.nat(0xffff),
        fc.uint8Array({ minLength: 12, maxLength: 12 }),
        (given, port, id) => {
          const bytes = new MessageWriter(1, 0, Buffer.from(id))
            .xorAddress(ATTRIBUTE.xorPeerAddress, given, port)
            .finish(undefined, false);
          expect(readXorAddress(bytes.subarray(24), Buffer.from(id))).toEqual({ address: given, port });
        },
      ),
    );
  });
});
