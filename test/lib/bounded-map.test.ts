import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../src/lib/bounded-map.ts';

describe('a bounded map', () => {
  it('forgets the entry set longest ago when it is full', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.set('c', 3)).toBe(1);
    expect([...map.keys()]).toEqual(['b', 'c']);
    expect([...map.entries()]).toEqual([
      ['b', 2],
      ['c', 3],
    ]);
    expect(map.get('a')).toBeUndefined();
    expect(map.size).toBe(2);
  });

  it('makes an entry the youngest when it is set again, and forgets nothing for it', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.set('a', 3)).toBeUndefined();
    expect([...map.keys()]).toEqual(['b', 'a']);
    map.set('c', 4);
    expect([map.get('a'), map.has('b'), map.get('c')]).toEqual([3, false, 4]);
  });

  it('deletes an entry and has room for another', () => {
    const map = new BoundedMap<string, number>(1);
    map.set('a', 1);
    expect([map.delete('a'), map.delete('a'), map.size]).toEqual([true, false, 0]);
    map.set('b', 2);
    expect(map.get('b')).toBe(2);
  });
});
