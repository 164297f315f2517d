import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4, ipv6 } from '../../../src/turn/codec/addresses.ts';
import { ATTRIBUTE, CLASS, METHOD } from '../../../src/turn/codec/attributes.ts';
import { channelDataLength, isChannelNumber } from '../../../src/turn/codec/channel-data.ts';
import { DataWriter, dataIndicationBytes } from '../../../src/turn/codec/data-indication.ts';
import { attributeOf, decodeMessage } from '../../../src/turn/codec/message.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { Packet } from '../../../src/turn/codec/packet.ts';
import { SendReader } from '../../../src/turn/codec/send-indication.ts';
import { readXorAddress } from '../../../src/turn/codec/xor-address.ts';
import { encodeChannelData, packetOf } from '../../support/turn/packets.ts';

const word = fc.nat(0xffff_ffff);
const address = fc.oneof(
  word.map((d) => ipv4(d)),
  fc.tuple(word, word, word, word).map(([a, b, c, d]) => ipv6(a, b, c, d)),
);
const data = fc.uint8Array({ maxLength: 1500 }).map((array) => Buffer.from(array));

describe('ChannelData', () => {
  it('is read back as it was written, padded to 4 on streams only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0x4000, max: 0x7fff }), data, fc.boolean(), (number, bytes, stream) => {
        const message = encodeChannelData(number, bytes, stream);
        expect(message.length % (stream ? 4 : 1)).toBe(0);
        expect(message.length - bytes.length - 4).toBeLessThan(4);
        expect(message.readUInt16BE(0)).toBe(number);
        expect(channelDataLength(packetOf(message))).toBe(bytes.length);
        expect(message.subarray(4, 4 + bytes.length)).toEqual(bytes);
        expect(message.subarray(4 + bytes.length).every((byte) => byte === 0)).toBe(true);
      }),
    );
  });

  it.each([
    ['cut in its header', '400100', -1],
    ['cut in its data', '4001000401', -1],
    ['empty', '40010000', 0],
    ['with bytes after its data', '40010001aabbcc', 1],
  ])('%s has the data length %s', (_, hex, length) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(channelDataLength(packetOf(bytes))).toBe(length);
  });

  it('has numbers from 0x4000 to 0x7FFF', () => {
    expect([0x3fff, 0x4000, 0x4fff, 0x7fff, 0x8000].map(isChannelNumber)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('SendReader', () => {
  it('reads what a Send indication says, without decoding it', () => {
    const reader = new SendReader();
    const mapped = ({ a, b, c }: { a: number; b: number; c: number }) => a === 0 && b === 0 && c === 0xffff;
    fc.assert(
      fc.property(
        address.filter((one) => !mapped(one)),
        fc.nat(0xffff),
        data,
        fc.nat(40),
        (peer, port, bytes, offset) => {
          const indication = new MessageWriter(METHOD.send, CLASS.indication, Buffer.alloc(12, 9))
            .text(ATTRIBUTE.software, 'someone')
            .xorAddress(ATTRIBUTE.xorPeerAddress, peer, port)
            .bytes(ATTRIBUTE.data, bytes)
            .finish(undefined, true);
          const buffer = Buffer.concat([Buffer.alloc(offset), indication]);
          expect(reader.read(new Packet().set(buffer, offset, indication.length, '', 0))).toBe(true);
          const { family, a, b, c, d } = reader;
          expect({ family, a, b, c, d, port: reader.port }).toEqual({
            family: peer.family,
            a: peer.a,
            b: peer.b,
            c: peer.c,
            d: peer.d,
            port,
          });
          expect(buffer.subarray(reader.dataAt, reader.dataAt + reader.dataLength)).toEqual(bytes);
        },
      ),
    );
  });

  it('refuses one without peer or data, or with an unknown comprehension-required attribute', () => {
    const start = () => new MessageWriter(METHOD.send, CLASS.indication, Buffer.alloc(12));
    const peer = (writer: MessageWriter) => writer.xorAddress(ATTRIBUTE.xorPeerAddress, ipv4(1), 1);
    const whole = [
      start().bytes(ATTRIBUTE.data, Buffer.from('x')),
      peer(start()),
      peer(start()).bytes(ATTRIBUTE.data, Buffer.from('x')).bytes(ATTRIBUTE.dontFragment, Buffer.alloc(0)),
      start().bytes(ATTRIBUTE.xorPeerAddress, Buffer.alloc(7)).bytes(ATTRIBUTE.data, Buffer.from('x')),
    ].map((writer) => writer.finish(undefined, false));
    expect(whole.map((bytes) => new SendReader().read(packetOf(bytes)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('never throws and never points outside the message, whatever the bytes', () => {
    const reader = new SendReader();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (array) => {
        const bytes = Buffer.concat([Buffer.from('001600002112a442', 'hex'), Buffer.from(array)]);
        bytes.writeUInt16BE(Math.max(0, bytes.length - 20), 2);
        if (!reader.read(packetOf(bytes))) return;
        expect(reader.dataAt + reader.dataLength).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('DataWriter', () => {
  it('writes a Data indication that is read back as peer and data, each with an id of its own', () => {
    const writer = new DataWriter(Buffer.from('0123456789abcdef', 'hex'));
    const ids = new Set<string>();
    fc.assert(
      fc.property(address, fc.nat(0xffff), data, (peer, port, bytes) => {
        const written = Buffer.alloc(dataIndicationBytes(peer, bytes.length), 0xff);
        writer.write(written, peer, packetOf(bytes, peer.text, port));
        const message = decodeMessage(written);
        if (message === undefined) throw new Error('not read');
        expect([message.method, message.class]).toEqual([METHOD.data, CLASS.indication]);
        const value = attributeOf(message, ATTRIBUTE.xorPeerAddress) ?? Buffer.alloc(0);
        expect(readXorAddress(value, message.transactionId)).toEqual({ address: peer, port });
        expect(attributeOf(message, ATTRIBUTE.data)).toEqual(bytes);
        expect(ids.has(message.transactionId.toString('hex'))).toBe(false);
        ids.add(message.transactionId.toString('hex'));
      }),
    );
  });
});
