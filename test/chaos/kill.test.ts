import { describe, expect, it } from 'vitest';
import { boundedly, CI_MS } from './ci.ts';
import { comingBackAfterKill } from './kill.ts';

describe('a server that was killed', () => {
  it('[SE4][CH1] gets every session back by itself, as a new one, and has every acknowledged message', {
    timeout: CI_MS,
  }, async () => {
    const { violations, figures } = await boundedly('kill', comingBackAfterKill);
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ sessions: 100, kills: 1, renewed: 100 });
    expect(figures['chat messages']).toBeGreaterThanOrEqual(100);
    expect(figures['knocks']).toBeGreaterThanOrEqual(10);
  });
});
