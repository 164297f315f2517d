import * as v from 'valibot';

/** Items on a page of a list [HT4]. */
export const PAGE_ITEMS = { max: 100, default: 50 } as const;
/** Max characters of a cursor. */
const CURSOR_CHARACTERS = 4_096;

const NOT_A_LIMIT = `must be an integer from 1 to ${PAGE_ITEMS.max}`;
export const NOT_A_CURSOR = 'must be the `nextCursor` of an earlier page of this list';

const Limit = v.optional(
  v.pipe(
    v.string(NOT_A_LIMIT),
    v.regex(/^[1-9]\d{0,2}$/, NOT_A_LIMIT),
    v.transform(Number),
    v.maxValue(PAGE_ITEMS.max, NOT_A_LIMIT),
  ),
  String(PAGE_ITEMS.default),
);

/** Parameters of every list that comes in pages [HT4]. */
export const PageQuery = v.object({
  limit: Limit,
  after: v.optional(
    v.pipe(
      v.string(NOT_A_CURSOR),
      v.regex(/^[A-Za-z0-9_-]+$/, NOT_A_CURSOR),
      v.maxLength(CURSOR_CHARACTERS, NOT_A_CURSOR),
    ),
  ),
});

/** Parameters of a list that comes whole [HT4]: `limit` cuts nothing off, and no cursor is of this list. */
export const WholeListQuery = v.object({ limit: Limit, after: v.optional(v.never(NOT_A_CURSOR)) });

/** Returns the schema of a page of such items. `nextCursor`: null on the last page. */
export function pageOf<Item extends v.GenericSchema>(item: Item) {
  return v.object({ items: v.array(item), nextCursor: v.nullable(v.string()) });
}
