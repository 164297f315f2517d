import { accounts as en } from './en-accounts.ts';
import { useMessages } from './messages.ts';
import { accounts as ru } from './ru-accounts.ts';
import type { AccountMessages } from './shape.ts';

export type { AccountMessages } from './shape.ts';

const LANGUAGES: ReadonlyMap<string, AccountMessages> = new Map([
  ['en', en],
  ['ru', ru],
]);

/** Returns the texts of the account pages in the page's language. */
export function useAccountMessages(): AccountMessages {
  return LANGUAGES.get(useMessages().lang) ?? en;
}
