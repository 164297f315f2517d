import { test as en } from './en-test.ts';
import { useMessages } from './messages.ts';
import { test as ru } from './ru-test.ts';
import type { TestMessages } from './shape.ts';

export type { TestMessages } from './shape.ts';

const LANGUAGES: ReadonlyMap<string, TestMessages> = new Map([
  ['en', en],
  ['ru', ru],
]);

/** Returns the texts of the connection test in the page's language. */
export function useTestMessages(): TestMessages {
  return LANGUAGES.get(useMessages().lang) ?? en;
}
