import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lend } from '../../../src/lib/borrowed.ts';
import { frameLength, type Outgoing, writeFrame } from '../../../src/signaling/wire/frame-writer.ts';

const count = fc.oneof(
  fc.integer({ min: 1, max: 120 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);
const members = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });

/** Writes a frame between other bytes, which must stay as they are. */
function written(message: Outgoing, seq: number): string {
  const length = frameLength(message, seq);
  const bytes = Buffer.alloc(length + 2, '#');
  writeFrame(message, seq, bytes, 1);
  expect([bytes.at(0), bytes.at(-1)]).toEqual([0x23, 0x23]);
  return bytes.toString('utf8', 1, length + 1);
}

describe('writeFrame', () => {
  it('[WS3] writes what JSON.stringify would, in as many bytes as frameLength says', () => {
    fc.assert(
      fc.property(
        count,
        fc.option(count, { nil: undefined }),
        fc.option(members, { nil: undefined }),
        (seq, re, payload) => {
          const body = payload === undefined ? undefined : JSON.stringify(payload);
          expect(written({ event: 'peer:media', re, body }, seq)).toBe(
            JSON.stringify({ event: 'peer:media', seq, re, payload }),
          );
        },
      ),
    );
  });

  it('[CA2] puts a relayed payload together from its two parts', () => {
    fc.assert(
      fc.property(count, members, (seq, payload) => {
        const rest = JSON.stringify(payload).slice(1);
        const stamp = rest === '}' ? '{"from":"é"' : '{"from":"é",';
        const relayed = { stamp: Buffer.from(stamp), rest: lend(Buffer.from(rest)) };
        expect(written({ event: 'call:offer', relayed }, seq)).toBe(
          `{"event":"call:offer","seq":${seq},"payload":${stamp}${rest}}`,
        );
      }),
    );
  });

  it.each([9, 10, 99, 100, 999_999_999_999_999, 1_000_000_000_000_000, Number.MAX_SAFE_INTEGER])(
    'writes the number %i with all its digits',
    (seq) => {
      expect(written({ event: 'ack', re: seq }, seq)).toBe(`{"event":"ack","seq":${seq},"re":${seq}}`);
    },
  );
});
