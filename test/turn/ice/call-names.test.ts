import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../../src/domain/ids.ts';
import { createCallNames } from '../../../src/turn/ice/call-names.ts';

const [ANN, BOB] = ['ann', 'bob'] as [PeerId, PeerId];

describe('the names on TURN credentials', () => {
  it('stay the same while a call lasts', () => {
    const names = createCallNames();
    expect([names.of(ANN), names.of(ANN), names.of(BOB)]).toEqual(['ann', 'ann', 'bob']);
  });

  it('are never used again once they were revoked', () => {
    const names = createCallNames();
    const used = [1, 2, 3].map(() => ({ made: names.of(ANN), revoked: names.end(ANN) }));
    expect(used.map(({ made }) => made)).toEqual(['ann', 'ann.1', 'ann.2']);
    expect(used.map(({ revoked }) => revoked)).toEqual(['ann', 'ann.1', 'ann.2']);
    expect(names.of(BOB)).toBe('bob');
  });

  it('are remembered for a bounded number of peers', () => {
    const names = createCallNames(2);
    for (const peerId of ['ann', 'bob', 'cid'] as PeerId[]) names.end(peerId);
    expect(names.of(ANN)).toBe('ann');
    expect(names.of(BOB)).toBe('bob.1');
  });
});
