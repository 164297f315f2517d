import type { Page } from '../../client/index.ts';

/** Items of a page. */
export const PER_PAGE = 50;
/** Max pages that are shown, because each poll loads them all. */
export const MAX_PAGES = 10;

/**
 * Loads a list from its beginning, one page after the other.
 * @param pages how many to load at most
 * @param load loads the page after a cursor; the first if it is undefined
 * @returns the last page, with the items of all
 */
export async function loadPages<Item, P extends Page<Item>>(
  pages: number,
  load: (after: string | undefined) => Promise<P>,
): Promise<P & Page<Item>> {
  let last = await load(undefined);
  const items = [...last.items];
  for (let loaded = 1; loaded < pages && last.nextCursor !== null; loaded += 1) {
    last = await load(last.nextCursor);
    items.push(...last.items);
  }
  return { ...last, items };
}
