import { describe, expect, it } from 'vitest';
import { arrange, type Stage } from '../../../src/web/call/arrange.ts';
import type { Rect } from '../../../src/web/call/grid-layout.ts';

const AREAS = [
  ['a desk', { width: 1408, height: 764 }],
  ['a desk with the panel', { width: 1040, height: 764 }],
  ['a phone', { width: 374, height: 708 }],
  ['a phone in landscape', { width: 828, height: 290 }],
] as const;

const stage = (fields: Partial<Stage>): Stage => ({
  screens: [],
  others: ['a', 'b', 'c'],
  self: true,
  ownScreen: false,
  focus: null,
  ...fields,
});

const sizeOf = (rect: Rect | undefined) => (rect === undefined ? 0 : rect.width * rect.height);

describe.each(AREAS)('on %s', (_, area) => {
  it.each([1, 3, 7])('the speaker of %i others is larger than all the rest', (count) => {
    const others = Array.from({ length: count }, (__, index) => `p${index}`);
    const { rects } = arrange(stage({ others, focus: 'p0' }), area);
    expect([...rects.keys()].sort()).toEqual([...others, 'self'].sort());
    for (const [key, rect] of rects) {
      if (key !== 'p0') expect(sizeOf(rect)).toBeLessThan(sizeOf(rects.get('p0')));
    }
  });

  it('every tile is inside, and none lies over another, unless it floats', () => {
    for (const focus of [null, 'a', 'self', 'screen-b', 'screen-self']) {
      const { rects, floating } = arrange(stage({ screens: ['screen-b'], ownScreen: true, focus }), area);
      expect(rects.size).toBe(6);
      const solid = [...rects].filter(([key]) => !floating.has(key)).map(([, rect]) => rect);
      for (const [index, { x, y, width, height }] of solid.entries()) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(-0.5);
        expect(x + width).toBeLessThanOrEqual(area.width + 0.5);
        expect(y + height).toBeLessThanOrEqual(area.height + 0.5);
        for (const other of solid.slice(index + 1)) {
          const apart =
            x + width <= other.x + 0.5 ||
            other.x + other.width <= x + 0.5 ||
            y + height <= other.y + 0.5 ||
            other.y + other.height <= y + 0.5;
          expect(apart).toBe(true);
        }
      }
    }
  });
});

describe('the arrangement of tiles', () => {
  const area = AREAS[0][1];

  it('shows two people as a pair, and oneself only if one wants to see that', () => {
    const shown = arrange(stage({ others: ['a'] }), area);
    expect([...shown.floating]).toEqual(['self']);
    const hidden = arrange(stage({ others: ['a'], self: false }), area);
    expect([...hidden.rects.keys()]).toEqual(['a']);
    expect(hidden.rects.get('a')).toEqual(shown.rects.get('a'));
  });

  it('gives the room of a hidden self-view to the others', () => {
    const size = (self: boolean) => sizeOf(arrange(stage({ others: ['a', 'b'], self }), area).rects.get('a'));
    expect(size(false)).toBeGreaterThan(size(true));
  });

  it('lets one pin oneself in a call of two', () => {
    const { rects, floating } = arrange(stage({ others: ['a'], focus: 'self' }), area);
    expect(floating.size).toBe(0);
    expect(sizeOf(rects.get('self'))).toBeGreaterThan(sizeOf(rects.get('a')));
  });

  it('has the invitation beside somebody who is alone', () => {
    expect([...arrange(stage({ others: [] }), area).rects.keys()]).toEqual(['self', 'invite']);
  });
});
