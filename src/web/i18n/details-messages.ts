import { details as en } from './en-details.ts';
import { useMessages } from './messages.ts';
import { details as ru } from './ru-details.ts';
import type { DetailsMessages } from './shape.ts';

export type { DetailsMessages } from './shape.ts';

const LANGUAGES: ReadonlyMap<string, DetailsMessages> = new Map([
  ['en', en],
  ['ru', ru],
]);

/** Returns the texts of the connection details in the page's language. */
export function useDetailsMessages(): DetailsMessages {
  return LANGUAGES.get(useMessages().lang) ?? en;
}
