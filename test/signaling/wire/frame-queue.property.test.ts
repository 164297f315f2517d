import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Borrowed, textOf } from '../../../src/lib/borrowed.ts';
import { ChunkPool } from '../../../src/signaling/wire/chunk-pool.ts';
import { FrameQueue } from '../../../src/signaling/wire/frame-queue.ts';

/** From a few bytes to more than a chunk holds. */
const body = fc.oneof(fc.nat(40), fc.nat(3_000), fc.nat(20_000));
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ push: body, accented: fc.boolean(), asText: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ release: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  { weight: 1, arbitrary: fc.constant({ pack: true }) },
);

const CHUNKS = new ChunkPool(2 ** 33);

describe('FrameQueue', () => {
  it('holds the frames of several queues apart and in order, like lists of strings', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), step), { maxLength: 120 }), (script) => {
        const queues = [new FrameQueue(), new FrameQueue(), new FrameQueue()];
        const models: string[][] = [[], [], []];
        for (const [index, [which, move]] of script.entries()) {
          const queue = queues[which];
          const model = models[which];
          if (queue === undefined || model === undefined) throw new Error('three of each');
          if ('push' in move) {
            const frame = `{"é${index}":${(move.accented ? 'ö' : '.').repeat(move.push)}}`;
            model.push(frame);
            // An outbox adds the first frame like this.
            const first = model.length === 1 && move.asText;
            expect(first ? queue.pushText(frame) : textOf(push(queue, frame))).toBe(frame);
          } else if ('pack' in move) {
            queue.pack();
            // `all` would unpack it: half of the packed queues stay packed while other queues are written to.
            if (index % 2 === 0) continue;
          } else {
            const count = Math.round(move.release * model.length);
            model.splice(0, count);
            queue.release(count);
          }
          expect(queue.all().map(textOf)).toEqual(model);
          expect([queue.count, queue.bytes]).toEqual([model.length, Buffer.byteLength(model.join(''))]);
        }
      }),
      { numRuns: 50 },
    );
  });
});

function push(queue: FrameQueue, frame: string): Borrowed {
  const length = Buffer.byteLength(frame);
  const { bytes, at } = queue.reserve(length, CHUNKS);
  bytes.write(frame, at);
  return queue.push(length);
}
