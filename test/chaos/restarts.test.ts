import { describe, expect, it } from 'vitest';
import { boundedly, CI_MS } from './ci.ts';
import { deliveryThroughRestarts } from './delivery.ts';

describe('messages between 200 sessions on a breaking network', () => {
  it('[SE8] arrive once and in order, although the server is restarted three times', {
    timeout: CI_MS,
  }, async () => {
    const { violations, figures } = await boundedly('restarts', deliveryThroughRestarts);
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ restarts: 3, 'not resumed': 0, arrived: figures['messages'] });
    expect(figures['messages']).toBeGreaterThanOrEqual(100_000);
    expect(figures['cuts']).toBeGreaterThanOrEqual(1_000);
  });
});
