import { describe, expect, it } from 'vitest';
import { boundedly, CI_MS } from './ci.ts';
import { comingBackAfterKill } from './kill.ts';

describe('a server that was killed', () => {
  it('[SE4] gets every session back by itself, and tells each that it is a new one', {
    timeout: CI_MS,
  }, async () => {
    const { violations, figures } = await boundedly('kill', comingBackAfterKill);
    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ sessions: 100, kills: 1, renewed: 100 });
  });
});
