import { beforeEach, describe, expect, it } from 'vitest';
import { LIMIT_DEFAULTS } from '../../../src/protocol/limits.ts';
import { Outbox } from '../../../src/signaling/session/outbox.ts';
import { ChunkPool, giveBack } from '../../../src/signaling/wire/chunk-pool.ts';

const chunks = new ChunkPool(2 ** 33);
const keeping = { limits: LIMIT_DEFAULTS, chunks };

/** Adds `count` messages. @returns the number of chunks taken from the pool for them */
function chunksFor(outbox: Outbox, messages: number): number {
  const before = chunks.free;
  for (let added = 0; added < messages; added += 1) outbox.add({ event: 'peer:left', body: '{}' }, keeping);
  return before - chunks.free;
}

describe('the memory of an Outbox', () => {
  beforeEach(() => {
    const taken = Array.from({ length: 8 }, () => chunks.take());
    for (const chunk of taken) giveBack(chunk);
  });

  it('takes no chunk for the few messages of a quiet session', () => {
    const outbox = new Outbox();
    for (let burst = 0; burst < 3; burst += 1) {
      expect(chunksFor(outbox, 3)).toBe(0);
      outbox.acknowledge(outbox.lastSeq);
    }
  });

  it('takes one from the first message on once many were kept at a time, until the connection is lost', () => {
    const outbox = new Outbox();
    expect(chunksFor(outbox, 4), 'the first four have memory of their own').toBe(0);
    expect(chunksFor(outbox, 1)).toBe(1);
    outbox.acknowledge(outbox.lastSeq);
    expect(chunksFor(outbox, 1), 'busy once').toBe(1);
    outbox.acknowledge(outbox.lastSeq);
    outbox.suspend();
    expect(chunksFor(outbox, 1), 'nothing is left of that').toBe(0);
  });
});
