import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en } from './en.ts';
import { ru } from './ru.ts';
import type { Messages } from './shape.ts';

export type { Messages } from './shape.ts';

const LANGUAGES: ReadonlyMap<string, Messages> = new Map([
  ['en', en],
  ['ru', ru],
]);

/**
 * Returns the texts in the first supported language, else in English.
 * @param wanted language tags by preference, such as `navigator.languages`
 */
export function messagesFor(wanted: readonly string[]): Messages {
  for (const tag of wanted) {
    const found = LANGUAGES.get(tag.toLowerCase().split('-')[0] ?? '');
    if (found !== undefined) return found;
  }
  return en;
}

export const MessagesContext = createContext<Messages>(en);

export function useMessages(): Messages {
  return useContext(MessagesContext);
}
