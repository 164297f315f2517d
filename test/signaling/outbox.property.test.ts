import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outbox } from '../../src/signaling/outbox.ts';

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

/** Everything that was ever sent, and how far it is gone: what an outbox would be with no care for memory. */
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

function text(frame: string | Uint8Array): string {
  return typeof frame === 'string' ? frame : Buffer.from(frame).toString();
}

describe('Outbox', () => {
  it('[WS5][SE3][SE4][SE7] numbers, keeps, frees and replays like a list of all that was sent', () => {
    fc.assert(
      fc.property(steps, (script: Step[]) => {
        let outbox = new Outbox();
        const model = new Model();
        for (const step of script) {
          if (step.do === 'add') {
            // Characters of two bytes each: bytes are bounded, not characters.
            const frame = text(
              outbox.add({ event: 'pong', body: JSON.stringify('é'.repeat(step.size)) }, LIMITS),
            );
            model.sent.push(frame);
            expect(JSON.parse(frame).seq).toBe(model.sent.length);
            model.trim();
          } else if (step.do === 'acknowledge') {
            const wasSent = step.seq <= model.sent.length;
            expect(outbox.acknowledge(step.seq)).toBe(wasSent);
            if (wasSent) model.gone = Math.max(model.gone, step.seq);
          } else outbox = Outbox.restore(JSON.parse(JSON.stringify(outbox.save())));

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

  it('keeps at most KEPT_MESSAGES messages and KEPT_BYTES bytes, whatever comes', () => {
    const outbox = new Outbox();
    const limits = { keptMessages: 512, keptBytes: 262_144 };
    for (let sent = 0; sent < 600; sent += 1) outbox.add({ event: 'pong', body: '{}' }, limits);
    expect(outbox.keptMessages).toBe(512);
    for (let sent = 0; sent < 30; sent += 1)
      outbox.add({ event: 'pong', body: `"${'x'.repeat(60_000)}"` }, limits);
    expect(outbox.keptBytes).toBeLessThanOrEqual(262_144);
    outbox.add({ event: 'pong', body: `"${'x'.repeat(300_000)}"` }, limits);
    expect([outbox.keptMessages, outbox.keptBytes]).toEqual([0, 0]);
  });
});
