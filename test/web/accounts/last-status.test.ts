import { describe, expect, it } from 'vitest';
import { lastStatusOf, rememberStatus } from '../../../src/web/accounts/last-status.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { ADA, memoryStorage } from '../fakes.ts';

const HERE = { id: ADA.id, status: 'offline' } as const;

describe('the status that a person last said', () => {
  it('is online at first', () => {
    expect(lastStatusOf(HERE, createPrefs(memoryStorage()))).toBe('online');
  });

  it('is remembered, because the server calls a person without a session offline', () => {
    const prefs = createPrefs(memoryStorage());
    for (const said of ['dnd', 'offline', 'idle', 'online'] as const) {
      rememberStatus(HERE, said, prefs);
      expect(lastStatusOf(HERE, prefs)).toBe(said);
    }
  });

  it('is what the server says during a session, as it may come from another device', () => {
    const prefs = createPrefs(memoryStorage());
    rememberStatus(HERE, 'dnd', prefs);
    expect(lastStatusOf({ ...HERE, status: 'idle' }, prefs)).toBe('idle');
  });

  it.each(['somebody-else dnd', `${ADA.id} later`, ADA.id, ''])('is not read from %j', (stored) => {
    const prefs = createPrefs(memoryStorage());
    prefs.set('status', stored);
    expect(lastStatusOf(HERE, prefs)).toBe('online');
  });
});
