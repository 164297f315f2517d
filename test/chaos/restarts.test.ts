import { describe, expect, it } from 'vitest';
import { boundedly, CI_MS } from './ci.ts';
import { deliveryThroughRestarts } from './delivery.ts';

describe('messages, chat, hands, shared data and knocks of 200 sessions on a breaking network', () => {
  it('[SE8][CH1][KN3][RM9][RM10] arrive once and in order, although the server is restarted three times', {
    timeout: CI_MS,
  }, async () => {
    const { violations, figures } = await boundedly('restarts', deliveryThroughRestarts);
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ restarts: 3, 'not resumed': 0, arrived: figures['messages'] });
    expect(figures['messages']).toBeGreaterThanOrEqual(100_000);
    expect(figures).toMatchObject({ heard: figures['besides calls'] });
    expect(figures['besides calls']).toBeGreaterThanOrEqual(5_000);
    expect(figures['chat messages']).toBeGreaterThanOrEqual(300);
    expect(figures['knocks']).toBeGreaterThanOrEqual(50);
    expect(figures['cuts']).toBeGreaterThanOrEqual(1_000);
  });
});
