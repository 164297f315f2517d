import { safety as en } from './en-safety.ts';
import { useMessages } from './messages.ts';
import { EMOJI_NAMES, safety as ru } from './ru-safety.ts';
import type { SafetyMessages } from './shape.ts';

const LANGUAGES: ReadonlyMap<string, SafetyMessages> = new Map([
  ['en', en],
  ['ru', ru],
]);

/** Returns the texts of safety codes in the page's language, and what it calls an emoji of that English name. */
export function useSafetyMessages(): SafetyMessages & { emojiName(name: string): string } {
  const { lang } = useMessages();
  return {
    ...(LANGUAGES.get(lang) ?? en),
    emojiName: (name) => (lang === 'ru' ? (EMOJI_NAMES.get(name) ?? name) : name),
  };
}
