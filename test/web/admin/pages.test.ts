import { describe, expect, it } from 'vitest';
import { loadPages } from '../../../src/web/admin/pages.ts';

/** A list of five items, two on a page. */
async function page(after: string | undefined) {
  const from = Number(after ?? 0);
  const next = from + 2;
  return {
    items: [from, from + 1].filter((n) => n < 5),
    nextCursor: next < 5 ? String(next) : null,
    more: 'x',
  };
}

describe('a list in pages', () => {
  it.each([
    [1, [0, 1], '2'],
    [2, [0, 1, 2, 3], '4'],
    [3, [0, 1, 2, 3, 4], null],
    [9, [0, 1, 2, 3, 4], null],
  ])('has the items of the first %i', async (pages, items, nextCursor) => {
    expect(await loadPages(pages, page)).toEqual({ items, nextCursor, more: 'x' });
  });
});
