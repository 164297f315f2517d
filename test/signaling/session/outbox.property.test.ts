import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Borrowed, lend, textOf } from '../../../src/lib/borrowed.ts';
import { Outbox } from '../../../src/signaling/session/outbox.ts';
import { ChunkPool } from '../../../src/signaling/wire/chunk-pool.ts';
import type { Outgoing } from '../../../src/signaling/wire/frame-writer.ts';

const CHUNKS = new ChunkPool(2 ** 33);
const LIMITS = { keptMessages: 8, keptBytes: 600 };

type Step =
  | { readonly do: 'add'; readonly size: number }
  | { readonly do: 'acknowledge'; readonly seq: number }
  | { readonly do: 'restart' };

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), size: fc.nat(300) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), seq: fc.nat(60) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  ),
  { maxLength: 60 },
);

/** An outbox that doesn't care for memory: all frames ever sent, and up to which number they are gone. */
class Model {
  readonly sent: string[] = [];
  gone = 0;

  get kept(): string[] {
    return this.sent.slice(this.gone);
  }

  trim(): void {
    while (this.kept.length > LIMITS.keptMessages || this.bytes() > LIMITS.keptBytes) this.gone += 1;
  }

  bytes(): number {
    return Buffer.byteLength(this.kept.join(''));
  }
}

function text(frame: string | Borrowed): string {
  return typeof frame === 'string' ? frame : textOf(frame);
}

describe('Outbox', () => {
  it('[WS5][SE3][SE4][SE7] numbers, keeps, frees and replays like a list of all that was sent', () => {
    fc.assert(
      fc.property(steps, (script: Step[]) => {
        let outbox = new Outbox();
        const model = new Model();
        for (const step of script) {
          if (step.do === 'add') {
            // Two bytes per character, because the bound is in bytes.
            const frame = text(
              outbox.add(
                { event: 'pong', body: JSON.stringify('é'.repeat(step.size)) },
                { limits: LIMITS, chunks: CHUNKS },
              ),
            );
            model.sent.push(frame);
            expect(JSON.parse(frame).seq).toBe(model.sent.length);
            model.trim();
          } else if (step.do === 'acknowledge') {
            const wasSent = step.seq <= model.sent.length;
            expect(outbox.acknowledge(step.seq)).toBe(wasSent);
            if (wasSent) model.gone = Math.max(model.gone, step.seq);
          } else outbox = Outbox.restore(JSON.parse(JSON.stringify(outbox.save())), CHUNKS);

          expect(outbox.lastSeq).toBe(model.sent.length);
          expect([outbox.keptMessages, outbox.keptBytes]).toEqual([model.kept.length, model.bytes()]);
          for (let lastSeq = -1; lastSeq <= model.sent.length + 1; lastSeq += 1) {
            const complete = lastSeq >= Math.max(model.gone, 1) && lastSeq <= model.sent.length;
            expect(outbox.canReplayAfter(lastSeq)).toBe(complete);
            if (complete) expect(outbox.after(lastSeq).map(text)).toEqual(model.sent.slice(lastSeq));
          }
        }
      }),
    );
  });

  it('[SE3][SE4] keeps, resumes and is saved as if it had never been suspended', () => {
    const limits = { keptMessages: 12, keptBytes: 1_500 };
    const message = fc.record({
      size: fc.integer({ min: 0, max: 260 }),
      re: fc.option(fc.nat(999), { nil: undefined }),
      kind: fc.constantFrom('text', 'none', 'relayed'),
    });
    const nights = fc.array(
      fc.tuple(fc.array(message, { maxLength: 9 }), fc.array(message, { maxLength: 9 })),
      {
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(nights, (script) => {
        const [suspended, awake] = [new Outbox(), new Outbox()];
        /** The bytes of relayed messages; the sender overwrites them afterwards. */
        const scratch = Buffer.alloc(2_000);
        const outgoing = ({
          size,
          re,
          kind,
        }: {
          size: number;
          re: number | undefined;
          kind: string;
        }): Outgoing => {
          const body = JSON.stringify('é'.repeat(size));
          if (kind === 'none') return { event: 'ack', re };
          if (kind === 'text') return { event: 'pong', re, body };
          const stamp = Buffer.from('{"from":"a",');
          const length = scratch.write(`"candidate":${body}}`);
          return { event: 'call:ice', relayed: { stamp, rest: lend(scratch.subarray(0, length)) } };
        };
        for (const [day, night] of script) {
          for (const one of day) {
            expect(text(suspended.add(outgoing(one), { limits, chunks: CHUNKS }))).toBe(
              text(awake.add(outgoing(one), { limits, chunks: CHUNKS })),
            );
          }
          const suspendedAt = suspended.lastSeq;
          suspended.suspend();
          for (const one of night) {
            const relayed = outgoing(one);
            suspended.keep(relayed, { limits, chunks: CHUNKS });
            awake.add(relayed, { limits, chunks: CHUNKS });
            scratch.fill(0);
          }
          expect(suspended.lastSeq).toBe(awake.lastSeq);
          const { kept } = awake.save();
          // A client has received no more than what was sent before the session was suspended.
          for (let lastSeq = 1; lastSeq <= suspendedAt; lastSeq += 1) {
            expect(suspended.canReplayAfter(lastSeq)).toBe(awake.canReplayAfter(lastSeq));
          }
          const isWhole = awake.lastSeq - kept.length <= suspendedAt;
          if (!isWhole) {
            expect([suspended.keptMessages, suspended.keptBytes]).toEqual([0, 0]);
            return;
          }
          expect(suspended.save()).toEqual(awake.save());
          expect([suspended.keptMessages, suspended.keptBytes]).toEqual([
            awake.keptMessages,
            awake.keptBytes,
          ]);
          suspended.resume(CHUNKS);
          const from = awake.lastSeq - kept.length;
          expect(suspended.after(from).map(text)).toEqual(kept);
          expect(suspended.save()).toEqual(awake.save());
        }
      }),
    );
  });

  it('keeps at most KEPT_MESSAGES messages and KEPT_BYTES bytes, whatever comes', () => {
    const outbox = new Outbox();
    const limits = { keptMessages: 512, keptBytes: 262_144 };
    for (let sent = 0; sent < 600; sent += 1)
      outbox.add({ event: 'pong', body: '{}' }, { limits, chunks: CHUNKS });
    expect(outbox.keptMessages).toBe(512);
    for (let sent = 0; sent < 30; sent += 1)
      outbox.add({ event: 'pong', body: `"${'x'.repeat(60_000)}"` }, { limits, chunks: CHUNKS });
    expect(outbox.keptBytes).toBeLessThanOrEqual(262_144);
    outbox.add({ event: 'pong', body: `"${'x'.repeat(300_000)}"` }, { limits, chunks: CHUNKS });
    expect([outbox.keptMessages, outbox.keptBytes]).toEqual([0, 0]);
  });
});
