import { describe, expect, it } from 'vitest';
import { CandidateInbox, CandidateOutbox, WAITING_CANDIDATES } from '../../../src/client/call/candidates.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ candidate: `candidate:${index}` }));

describe('outgoing candidates', () => {
  function setUp() {
    const clock = new FakeClock();
    const sent: object[] = [];
    const outbox = new CandidateOutbox({ clock, send: (payload) => sent.push(payload) });
    return { clock, sent, outbox };
  }

  it('are sent one by one to a peer that is not known to read many', () => {
    const { sent, outbox } = setUp();
    for (const candidate of numbered(2)) outbox.add(candidate);
    expect(sent).toEqual([
      { candidate: { candidate: 'candidate:0' } },
      { candidate: { candidate: 'candidate:1' } },
    ]);
  });

  it('are sent in one message if they come within 30 ms', () => {
    const { clock, sent, outbox } = setUp();
    outbox.batches = true;
    const [first, second, third] = numbered(3);
    if (first !== undefined) outbox.add(first);
    clock.advance(29);
    if (second !== undefined) outbox.add(second);
    clock.advance(1);
    if (third !== undefined) outbox.add(third);
    clock.advance(30);
    expect(sent).toEqual([{ candidates: [first, second] }, { candidates: [third] }]);
  });

  it('are dropped with the connection', () => {
    const { clock, sent, outbox } = setUp();
    outbox.batches = true;
    for (const candidate of numbered(2)) outbox.add(candidate);
    outbox.clear();
    clock.advance(1_000);
    expect(sent).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('incoming candidates', () => {
  it('wait for their description, in order', async () => {
    const added: unknown[] = [];
    const inbox = new CandidateInbox(async (candidate) => void added.push(candidate));
    await inbox.take(numbered(2));
    expect(added).toEqual([]);
    await inbox.open();
    await inbox.take([{ candidate: 'late' }]);
    expect(added).toEqual([...numbered(2), { candidate: 'late' }]);
  });

  it('wait up to a bound; the oldest goes first', async () => {
    const added: unknown[] = [];
    const inbox = new CandidateInbox(async (candidate) => void added.push(candidate));
    await inbox.take(numbered(WAITING_CANDIDATES));
    await inbox.take([{ candidate: 'one too many' }]);
    await inbox.open();
    expect(added).toHaveLength(WAITING_CANDIDATES);
    expect(added.at(-1)).toEqual({ candidate: 'one too many' });
  });

  it('do not fail if the connection refuses one', async () => {
    const inbox = new CandidateInbox(() => Promise.reject(new Error('of another time')));
    await inbox.open();
    await expect(inbox.take(numbered(1))).resolves.toBeUndefined();
  });
});
