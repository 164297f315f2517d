import { describe, expect, it } from 'vitest';
import {
  type Area,
  coveredWidth,
  fillingRect,
  floatingRect,
  layoutGrid,
  layoutStage,
  type Rect,
} from '../../../src/web/call/grid-layout.ts';

/** The area between top bar and controls, on a phone (390×844) and a desktop (1440×900). */
const PHONE = { width: 374, height: 708 };
const DESK = { width: 1408, height: 764 };
const GAP = 8;
const AREAS = [
  ['a phone', PHONE],
  ['a desk', DESK],
] as const;

function inside(rect: Rect, area: Area): boolean {
  const slack = 0.01;
  return (
    rect.x >= -slack &&
    rect.y >= -slack &&
    rect.x + rect.width <= area.width + slack &&
    rect.y + rect.height <= area.height + slack
  );
}

function apart(a: Rect, b: Rect): boolean {
  const slack = 0.01;
  return (
    a.x + a.width + GAP <= b.x + slack ||
    b.x + b.width + GAP <= a.x + slack ||
    a.y + a.height + GAP <= b.y + slack ||
    b.y + b.height + GAP <= a.y + slack
  );
}

function allApart(rects: readonly Rect[]): boolean {
  return rects.every((a, index) => rects.slice(index + 1).every((b) => apart(a, b)));
}

describe.each(AREAS)('the grid on %s', (_, area) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'places %i people inside the area, apart, and all of one size',
    (count) => {
      const grid = layoutGrid(count, area, GAP);
      expect(grid).toHaveLength(count);
      expect(grid.every((rect) => inside(rect, area))).toBe(true);
      expect(allApart(grid)).toBe(true);
      expect(new Set(grid.map(({ width, height }) => `${width}×${height}`)).size).toBe(1);
    },
  );

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('uses more than half of the area for %i people', (count) => {
    const used = layoutGrid(count, area, GAP).reduce((sum, { width, height }) => sum + width * height, 0);
    expect(used).toBeGreaterThan(area.width * area.height * 0.5);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('puts %i people beside a shared screen that stays the largest', (count) => {
    const { screens, people } = layoutStage(1, count, area, GAP);
    const [screen] = screens;
    expect(people).toHaveLength(count);
    expect([...screens, ...people].every((rect) => inside(rect, area))).toBe(true);
    expect(allApart([...screens, ...people])).toBe(true);
    const largest = Math.max(...people.map(({ width, height }) => width * height));
    expect((screen?.width ?? 0) * (screen?.height ?? 0)).toBeGreaterThanOrEqual(largest);
    expect(Math.min(...people.map(({ width }) => width))).toBeGreaterThan(80);
  });
});

describe('the grid', () => {
  it('stacks two people on a phone and sets them side by side on a desk', () => {
    const [upper, lower] = layoutGrid(2, PHONE, GAP);
    expect(upper?.x).toBe(lower?.x);
    const [left, right] = layoutGrid(2, DESK, GAP);
    expect(left?.y).toBe(right?.y);
  });

  it('centres a last row that is not full', () => {
    const last = layoutGrid(5, DESK, GAP).slice(3);
    const left = last[0]?.x ?? 0;
    const right = DESK.width - ((last[1]?.x ?? 0) + (last[1]?.width ?? 0));
    expect(left).toBeCloseTo(right);
    expect(left).toBeGreaterThan(0);
  });

  it('keeps tiles of cameras on a desk between 5:4 and 16:9', () => {
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8]) {
      for (const { width, height } of layoutGrid(count, DESK, GAP)) {
        expect(width / height).toBeGreaterThanOrEqual(5 / 4 - 0.001);
        expect(width / height).toBeLessThanOrEqual(16 / 9 + 0.001);
      }
    }
  });

  it('shows two shared screens at once', () => {
    const { screens, people } = layoutStage(2, 3, DESK, GAP);
    expect(allApart([...screens, ...people])).toBe(true);
    expect(screens).toHaveLength(2);
  });

  it('is empty in an area without a size', () => {
    expect(layoutGrid(3, { width: 0, height: 0 }, GAP)).toEqual([]);
  });
});

describe('a stage for two', () => {
  it.each(AREAS)(
    'on %s shows the other person large and the self-view small in the lower right corner',
    (_, area) => {
      const other = fillingRect(area);
      expect(inside(other, area)).toBe(true);
      expect(other.width * other.height).toBeGreaterThan(area.width * area.height * 0.95);
      const [self, screen] = [floatingRect(0, area, GAP), floatingRect(1, area, GAP)];
      for (const float of [self, screen]) expect(inside(float, area)).toBe(true);
      expect(apart(self, screen)).toBe(true);
      expect(self.width * self.height).toBeLessThan(area.width * area.height * 0.08);
      expect([self.x + self.width, self.y + self.height]).toEqual([area.width - GAP, area.height - GAP]);
    },
  );
});

describe('shared screens', () => {
  /** The same on a phone in landscape. */
  const TURNED = { width: 828, height: 300 };

  it('are as large as possible: two on a desktop are stacked', () => {
    const { screens } = layoutStage(2, 4, DESK, GAP);
    expect(screens[0]?.x).toBe(screens[1]?.x);
    for (const { width, height } of screens) expect(width / height).toBeCloseTo(1.6, 5);
  });

  it('have the full height of a phone in landscape, beside faces that are no slivers', () => {
    const { screens, people } = layoutStage(1, 4, TURNED, GAP);
    expect(screens[0]?.height).toBeCloseTo(TURNED.height, 0);
    for (const { width, height } of people) expect(width / height).toBeGreaterThanOrEqual(1.25);
    expect(allApart([...screens, ...people])).toBe(true);
  });

  it('get more of an upright phone than the faces', () => {
    const { screens, people } = layoutStage(1, 4, PHONE, GAP);
    const areaOf = (rects: readonly Rect[]) =>
      rects.reduce((sum, { width, height }) => sum + width * height, 0);
    expect(areaOf(screens)).toBeGreaterThan(areaOf(people));
  });
});

describe('floating tiles', () => {
  it.each(AREAS)('leave the rest of the lower edge below to the name, on %s', (_, area) => {
    const tile = fillingRect(area);
    const [self, screen] = [floatingRect(0, area, GAP), floatingRect(1, area, GAP)];
    const right = tile.x + tile.width;
    expect(coveredWidth(tile, [])).toBe(0);
    expect(coveredWidth(tile, [self])).toBeCloseTo(right - self.x, 5);
    expect(coveredWidth(tile, [self, screen])).toBeCloseTo(right - screen.x, 5);
  });

  it('cover nothing of a tile beside or above them', () => {
    const self = floatingRect(0, DESK, GAP);
    expect(coveredWidth({ x: 0, y: 0, width: DESK.width, height: DESK.height / 2 }, [self])).toBe(0);
    expect(coveredWidth({ x: 0, y: 0, width: self.x - 1, height: DESK.height }, [self])).toBe(0);
  });
});
