import { admin as en } from './en-admin.ts';
import { useMessages } from './messages.ts';
import { admin as ru } from './ru-admin.ts';
import type { AdminMessages } from './shape.ts';

export type { AdminMessages } from './shape.ts';

const LANGUAGES: ReadonlyMap<string, AdminMessages> = new Map([
  ['en', en],
  ['ru', ru],
]);

/** Returns the texts of the admins' console in the page's language. */
export function useAdminMessages(): AdminMessages {
  return LANGUAGES.get(useMessages().lang) ?? en;
}
