import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamDeframer } from '../../../src/turn/codec/deframer.ts';
import { MessageWriter } from '../../../src/turn/codec/message-writer.ts';
import { encodeChannelData } from '../../support/turn/packets.ts';

const LIMIT = 65_555;

describe('StreamDeframer', () => {
  it('cuts a stream into the messages that were written, however it is split', () => {
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((data) => {
        const stream = encodeChannelData(0x4001, Buffer.from(data), true);
        return { stream, frame: stream.subarray(0, 4 + data.length) };
      }),
      fc.uint8Array({ maxLength: 300 }).map((data) => {
        const frame = new MessageWriter(6, 1, Buffer.alloc(12, 7))
          .bytes(0x13, Buffer.from(data))
          .finish(undefined, false);
        return { stream: frame, frame };
      }),
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 10 }),
        fc.array(fc.integer({ min: 1, max: 400 })),
        (all, cuts) => {
          const stream = Buffer.concat(all.map((one) => one.stream));
          expect(framesOf(new StreamDeframer(LIMIT), stream, cuts)).toEqual(
            all.map(({ frame }) => frame.toString('hex')),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads a stream that comes byte by byte', () => {
    const stream = Buffer.from('4001000548656c6c6f0000004002000000', 'hex').subarray(0, 16);
    expect(framesOf(new StreamDeframer(LIMIT), stream, Array(16).fill(1))).toEqual([
      '4001000548656c6c6f',
      '40020000',
    ]);
  });

  it.each([
    ['bytes that are neither STUN nor ChannelData', '80010000'],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n').toString('hex')],
    ['a STUN length that is no multiple of 4', '00010001'],
    ['a wrong magic cookie', '00010000ffffffff'],
    ['a STUN message above the limit', '00012000'],
    ['ChannelData above the limit', '40012000'],
  ])('gives up on %s', (_, hex) => {
    const deframer = new StreamDeframer(2048);
    deframer.push(Buffer.from(hex, 'hex'));
    expect(deframer.next()).toBe(false);
    expect(deframer.broken).toBe(true);
    deframer.push(Buffer.from('40010000', 'hex'));
    expect(deframer.next()).toBe(false);
  });

  it('holds no more than one message below the limit, and nothing between messages', () => {
    const deframer = new StreamDeframer(2048);
    deframer.push(Buffer.from('400107f8', 'hex'));
    expect(deframer.next()).toBe(false);
    expect(deframer.held).toBe(2044);
    deframer.push(Buffer.alloc(2040));
    expect(deframer.next()).toBe(true);
    expect(deframer.next()).toBe(false);
    expect([deframer.held, deframer.message.bytes.length]).toEqual([0, 0]);
  });

  it('never throws and never holds more than the limit, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 30 }), (chunks) => {
        const deframer = new StreamDeframer(1024);
        for (const chunk of chunks) {
          deframer.push(Buffer.from(chunk));
          while (deframer.next()) expect(deframer.message.length).toBeLessThanOrEqual(1024);
          expect(deframer.held).toBeLessThanOrEqual(1024);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

/** Feeds the stream in pieces of these lengths, and the rest at once. @returns every message in hex */
function framesOf(deframer: StreamDeframer, stream: Buffer, cuts: readonly number[]): string[] {
  const frames: string[] = [];
  let at = 0;
  for (const size of [...cuts, stream.length]) {
    deframer.push(stream.subarray(at, at + size));
    at += size;
    while (deframer.next()) frames.push(deframer.message.view().toString('hex'));
  }
  return frames;
}
