import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { clientEvents } from '../../src/protocol/events.ts';
import { isUsualCall } from '../../src/ws/usual-call.ts';

const event = fc.constantFrom('call:offer', 'call:answer', 'call:ice', 'call:hangup');
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
);
const field = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 4, arbitrary: usual }, odd);
const payload = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record(
      {
        to: field(fc.uuid()),
        sdp: field(fc.string()),
        userId: odd,
        candidate: odd,
        reason: odd,
        ['__proto__']: odd,
      },
      { requiredKeys: ['to', 'sdp'] },
    ),
  },
  odd,
);

describe('isUsualCall', () => {
  it('says yes to nothing that the schema refuses, and then the schema changes neither address nor text', () => {
    let usual = 0;
    fc.assert(
      fc.property(event, payload, (name, value) => {
        const parsed: unknown = JSON.parse(JSON.stringify(value));
        if (!isUsualCall(name, parsed)) return;
        usual += 1;
        const { success, output } = v.safeParse(clientEvents[name], parsed);
        expect(success).toBe(true);
        expect(output).toMatchObject({ to: parsed.to, sdp: parsed.sdp });
        expect(Object.hasOwn(Object(output), 'userId')).toBe(false);
      }),
      { numRuns: 2_000 },
    );
    expect(usual, 'the property was about something').toBeGreaterThan(100);
  });
});
