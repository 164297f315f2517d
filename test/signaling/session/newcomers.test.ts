import { describe, expect, it } from 'vitest';
import type { Ids, PeerId } from '../../../src/domain/ids.ts';
import { randomIds } from '../../../src/domain/ids.ts';
import { BATCH, Newcomers } from '../../../src/signaling/session/newcomers.ts';
import { resumeKey, resumeToken } from '../../../src/signaling/session/resume-token.ts';

describe('Newcomers', () => {
  it('come one after the other, batch after batch, each with the key of its own token', () => {
    let made = 0;
    const ids: Ids = {
      ...randomIds,
      peerId: () => `peer-${++made}` as PeerId,
      secret: () => `secret-${made}`,
    };
    const newcomers = new Newcomers(ids);
    for (let turn = 1; turn <= 3 * BATCH; turn += 1) {
      const peerId = `peer-${turn}` as PeerId;
      const token = resumeToken(`secret-${turn}`, peerId);
      expect(newcomers.next()).toEqual({ peerId, token, key: resumeKey(token) });
    }
  });
});
