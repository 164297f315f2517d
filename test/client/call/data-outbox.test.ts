import { describe, expect, it } from 'vitest';
import {
  type DataChannel,
  DataOutbox,
  WAIT_MS,
  WAITING_MESSAGES,
} from '../../../src/client/call/data-outbox.ts';
import { ParleyClientError } from '../../../src/client/errors.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { outcomeOf, settled } from '../signaling/wire.ts';

/** A channel with room for so many bytes. */
class FakeChannel implements DataChannel {
  takes: boolean | undefined = true;
  room = 0;
  opened = 0;
  refuses = false;
  readonly sent: string[] = [];

  open(): void {
    this.opened += 1;
  }
  hasRoomFor(bytes: number): boolean {
    return bytes <= this.room;
  }
  send(frame: string): void {
    if (this.refuses) throw new TypeError('larger than max-message-size');
    this.room -= frame.length;
    this.sent.push(frame);
  }
}

function setUp() {
  const clock = new FakeClock();
  const channel = new FakeChannel();
  const line: { channel: FakeChannel | undefined } = { channel };
  const outbox = new DataOutbox({ clock, channel: () => line.channel });
  return { clock, line, outbox, channel };
}

describe('messages to one peer', () => {
  it('wait until the peer has described itself, then for the channel, and go in order', async () => {
    const { outbox, channel } = setUp();
    channel.takes = undefined;
    const sending = Promise.all(['a', 'b', 'c'].map((frame) => outbox.send(frame)));
    expect(channel.opened).toBe(0);
    channel.takes = true;
    outbox.flush();
    expect(channel.opened).toBe(1);
    channel.room = 3;
    outbox.flush();
    await sending;
    expect(channel.sent).toEqual(['a', 'b', 'c']);
  });

  it('wait while the buffer is full, and slow their sender down', async () => {
    const { outbox, channel } = setUp();
    channel.room = 4;
    const settledOnes: string[] = [];
    for (const frame of ['four', 'next']) void outbox.send(frame).then(() => settledOnes.push(frame));
    await settled();
    expect(settledOnes).toEqual(['four']);
    channel.room = 4;
    outbox.flush();
    await settled();
    expect(settledOnes).toEqual(['four', 'next']);
  });

  it('count bytes of UTF-8', async () => {
    const { outbox, channel } = setUp();
    channel.room = 3;
    void outbox.send('éé');
    expect(channel.sent).toEqual([]);
    channel.room = 4;
    outbox.flush();
    expect(channel.sent).toEqual(['éé']);
  });

  it('stay when the connection is rebuilt', async () => {
    const { outbox, line, channel } = setUp();
    const sending = outbox.send('a');
    line.channel = undefined;
    outbox.flush();
    const rebuilt = new FakeChannel();
    rebuilt.room = 1;
    line.channel = rebuilt;
    outbox.flush();
    await sending;
    expect([channel.sent, rebuilt.sent]).toEqual([[], ['a']]);
  });

  it('are refused beyond WAITING_MESSAGES, and taken again when there is room', async () => {
    const { outbox, channel } = setUp();
    const sending = Array.from({ length: WAITING_MESSAGES }, () => outbox.send('a'));
    expect(await outcomeOf(outbox.send('b'))).toBe('rate_limited');
    channel.room = WAITING_MESSAGES + 1;
    outbox.flush();
    await Promise.all(sending);
    await outbox.send('c');
    expect(channel.sent).toHaveLength(WAITING_MESSAGES + 1);
  });

  it('are given up after WAIT_MS, and never sent then', async () => {
    const { outbox, channel, clock } = setUp();
    const outcome = outcomeOf(outbox.send('a'));
    clock.advance(WAIT_MS - 1);
    const later = outbox.send('b');
    clock.advance(1);
    expect(await outcome).toBe('timeout');
    channel.room = 9;
    outbox.flush();
    await later;
    expect(channel.sent).toEqual(['b']);
  });

  it('are given up with the reason of their signal, and never sent then', async () => {
    const { outbox, channel } = setUp();
    const abort = new AbortController();
    const sending = outbox.send('a', abort.signal);
    abort.abort('changed my mind');
    await expect(sending).rejects.toBe('changed my mind');
    channel.room = 9;
    outbox.flush();
    expect(channel.sent).toEqual([]);
  });

  it('are refused, all of them, if the peer takes none', async () => {
    const { outbox, channel } = setUp();
    channel.takes = undefined;
    const outcomes = ['a', 'b'].map((frame) => outcomeOf(outbox.send(frame)));
    channel.takes = false;
    outbox.flush();
    expect(await Promise.all(outcomes)).toEqual(['unsupported', 'unsupported']);
    expect(await outcomeOf(outbox.send('c'))).toBe('unsupported');
    expect(channel.opened).toBe(0);
  });

  it('hold up no others if the peer’s browser refuses their size', async () => {
    const { outbox, channel } = setUp();
    channel.room = 9;
    channel.refuses = true;
    expect(await outcomeOf(outbox.send('a'))).toBe('too_large');
    channel.refuses = false;
    await outbox.send('b');
    expect(channel.sent).toEqual(['b']);
  });

  it('end when the peer leaves', async () => {
    const { outbox } = setUp();
    const outcome = outcomeOf(outbox.send('a'));
    outbox.close(new ParleyClientError('peer_gone', 'It has left.'));
    expect(await outcome).toBe('peer_gone');
    expect(await outcomeOf(outbox.send('b'))).toBe('peer_gone');
  });
});
