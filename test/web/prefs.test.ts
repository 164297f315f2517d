import { describe, expect, it } from 'vitest';
import { createPrefs, tolerantStorage } from '../../src/web/prefs.ts';
import { memoryStorage } from './fakes.ts';

describe('preferences', () => {
  it("survive a visit, and are removed when set to ''", () => {
    const storage = memoryStorage();
    createPrefs(storage).set('name', 'Ann');
    expect(createPrefs(storage).get('name')).toBe('Ann');
    createPrefs(storage).set('name', '');
    expect(storage.getItem('parley.name')).toBeNull();
  });

  it('are empty if nothing is stored', () => {
    expect(createPrefs(memoryStorage()).get('camera')).toBe('');
  });

  it('last for the visit if the browser blocks storage', () => {
    const blocked = tolerantStorage(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    const prefs = createPrefs(blocked);
    prefs.set('name', 'Ann');
    expect(prefs.get('name')).toBe('Ann');
    prefs.set('name', '');
    expect(prefs.get('name')).toBe('');
  });
});
