import { describe, expect, it } from 'vitest';
import { ChatWriter, WAITING_WRITES } from '../../src/chat/chat-writer.ts';
import { ParleyError } from '../../src/domain/errors.ts';
import type { RoomId } from '../../src/domain/ids.ts';
import type { ChatBatch, ChatResult, ChatWrite } from '../../src/store/contract.ts';

/** A writer, and the batches that its store was given. */
function setUp(write: (batch: ChatBatch) => void = () => {}) {
  const batches: ChatBatch[] = [];
  const store = {
    write(batch: ChatBatch): ChatResult[] {
      batches.push(batch);
      write(batch);
      return batch.writes.map(() => ({ upTo: null }));
    },
  };
  const writer = new ChatWriter({ store, ids: { time: 1 }, idsUntil: 10, durable: true });
  return { writer, batches };
}

function clear(roomId: string): ChatWrite {
  return { kind: 'clear', roomId: roomId as RoomId };
}

describe('the writer of chats', () => {
  it('[CH1] stores what comes in one turn of the event loop in one batch, and tells it in its order', async () => {
    const { writer, batches } = setUp();
    const told: string[] = [];
    const writes = ['a', 'b', 'c'].map((room) =>
      writer.submit(room === 'b' ? undefined : clear(room), () => told.push(room)),
    );
    expect([batches, told]).toEqual([[], []]);
    await Promise.all(writes);
    expect(batches).toEqual([{ writes: [clear('a'), clear('c')], durable: true }]);
    expect(told).toEqual(['a', 'b', 'c']);
  });

  it('[CH1] tells nobody of what could not be stored', async () => {
    const { writer } = setUp(() => {
      throw new ParleyError('unavailable', 'The database is locked.');
    });
    const told: string[] = [];
    const writes = [1, 2].map(() => writer.submit(clear('a'), () => told.push('a')));
    for (const write of writes) await expect(write).rejects.toMatchObject({ code: 'unavailable' });
    expect(told).toEqual([]);
  });

  it('stores the others one by one if one change breaks its batch', async () => {
    const { writer, batches } = setUp(({ writes }) => {
      if (writes.some(({ kind, ...about }) => 'roomId' in about && about.roomId === 'bad')) {
        throw new Error('a constraint failed');
      }
    });
    const write = (room: string) => writer.submit(clear(room), () => room);
    const outcomes = await Promise.allSettled(['a', 'bad', 'c'].map(write));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(batches).toHaveLength(4);
  });

  it('refuses what is beyond its bound', async () => {
    const { writer, batches } = setUp();
    const writes = Array.from({ length: WAITING_WRITES }, () => writer.submit(clear('a'), () => true));
    await expect(writer.submit(clear('a'), () => true)).rejects.toMatchObject({ code: 'unavailable' });
    await Promise.all(writes);
    expect(batches).toHaveLength(1);
  });

  it('[SE8] settles when what came of the answers is stored too', async () => {
    const { writer, batches } = setUp();
    const first = writer.submit(clear('a'), () => true).then(() => writer.submit(clear('b'), () => true));
    await writer.settle();
    expect(batches.map(({ writes }) => writes)).toEqual([[clear('a')], [clear('b')]]);
    await first;
  });
});
