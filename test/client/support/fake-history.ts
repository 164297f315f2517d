import { vi } from 'vitest';
import type { ChatItem } from '../../../src/client/types.ts';

/** The server's HTTP side of a chat: `fetch` answers with pages of `items`. */
export interface FakeHistory {
  items: ChatItem[];
  /** Statuses that the next requests are refused with. */
  readonly refusals: number[];
  /** The queries that were asked, as they stand in the address. */
  readonly asked: string[];
  /** Holds answers back until it is called. */
  hold(): () => void;
}

/** Stubs `fetch` until the test file's globals are unstubbed. */
export function fakeHistory(items: ChatItem[] = []): FakeHistory {
  let held: Promise<void> = Promise.resolve();
  const history: FakeHistory = {
    items,
    refusals: [],
    asked: [],
    hold() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
  vi.stubGlobal('fetch', async (address: string) => {
    const { searchParams, search } = new URL(address);
    history.asked.push(search);
    const status = history.refusals.shift();
    const page = pageOf(history.items, searchParams);
    await held;
    if (status !== undefined) return Response.json({ detail: 'No.' }, { status });
    return Response.json(page);
  });
  return history;
}

function pageOf(items: readonly ChatItem[], query: URLSearchParams) {
  const limit = Number(query.get('limit') ?? 50);
  const [after, before] = [query.get('after'), query.get('before')];
  if (after !== null) {
    const newer = items.filter(({ id }) => id > after);
    const page = newer.slice(0, limit);
    return { items: page, nextCursor: newer.length > limit ? (page.at(-1)?.id ?? null) : null };
  }
  const older = before === null ? items : items.filter(({ id }) => id < before);
  const page = older.slice(-limit);
  return { items: page, nextCursor: older.length > limit ? (page[0]?.id ?? null) : null };
}
