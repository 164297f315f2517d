import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogOutput, WAITING_LOG_BYTES } from '../../src/lib/log-output.ts';

/** A stream whose reader reads only on command. */
function stalled() {
  let release = (): void => {};
  let reads = false;
  const seen: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      seen.push(chunk);
      if (reads) done();
      else release = done;
    },
  });
  return {
    stream,
    seen,
    read(): void {
      reads = true;
      release();
    },
  };
}

const LINE = `${'x'.repeat(1_023)}\n`;

describe('the log', () => {
  it('keeps at most its limit for a reader that stalls, and tells how many lines it dropped', async () => {
    const { stream, seen, read } = stalled();
    const write = createLogOutput(stream, () => 0);
    for (let i = 0; i < (3 * WAITING_LOG_BYTES) / LINE.length; i++) write(LINE);
    expect(stream.writableLength).toBeLessThanOrEqual(WAITING_LOG_BYTES + LINE.length);
    const drained = new Promise((resolve) => stream.once('drain', resolve));
    read();
    await drained;
    write('the next line\n');
    expect(seen.at(-2)).toMatch(/"log lines were dropped because nobody read them","lines":2\d{3}/);
    expect(seen.at(-1)).toBe('the next line\n');
  });

  it('goes on silently once its reader has gone', () => {
    const { stream, seen } = stalled();
    const write = createLogOutput(stream, () => 0);
    stream.emit('error', new Error('write EPIPE'));
    for (let i = 0; i < 10; i++) write(LINE);
    expect(seen).toEqual([]);
  });
});
