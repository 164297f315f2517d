import * as v from 'valibot';

/**
 * Characters that no name may contain: control characters, lone surrogates, line separators, and those that change the
 * direction of the surrounding text. Joiners are allowed: emoji families and Persian words need them.
 */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;
const ALLOWED = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$/u;
/** `ALLOWED`, with line breaks. */
export const ALLOWED_LINES = /^(?:[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]|\r?\n)*$/u;
/** Characters that are drawn. U+2800 and U+1D159 are symbols that are drawn as nothing. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]/u;
/** Matches a text that has one of them. */
export const HAS_VISIBLE = VISIBLE;
const EMPTY_OR_VISIBLE = new RegExp(`^$|${VISIBLE.source}`, 'u');
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** Characters of a username. */
export const USERNAME_CHARACTERS = { min: 3, max: 32 } as const;
/** Max characters (Unicode code points) of a display name. */
export const DISPLAY_NAME_CHARACTERS = 64;
/** Max characters (Unicode code points) of a room's name. */
export const ROOM_NAME_CHARACTERS = 100;

/** Max characters (Unicode code points) of what a user says of itself. */
export const BIO_CHARACTERS = 500;
/** Max characters (Unicode code points) of a status in the user's own words. */
export const CUSTOM_STATUS_CHARACTERS = 128;

/** Returns the schema of a text that may be empty, which is null then. @param allowed all characters that it may have */
// @__NO_SIDE_EFFECTS__
export function textField(max: number, allowed: RegExp = ALLOWED) {
  return v.pipe(
    v.string(),
    v.trim(),
    v.regex(new RegExp(`^.{0,${max}}$`, 'su'), `must be at most ${max} characters`),
    v.regex(allowed, 'must not contain control characters or characters that change the direction of text'),
    v.transform((text) => (text === '' ? null : text)),
  );
}

/** Returns the schema of a name that people read, of a person or a room. */
// @__NO_SIDE_EFFECTS__
export function nameField(max: number) {
  return v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'must not be empty'),
    v.regex(new RegExp(`^.{0,${max}}$`, 'su'), `must be at most ${max} characters`),
    v.regex(ALLOWED, 'must not contain control characters or characters that change the direction of text'),
    // minLength has refused an empty name already.
    v.regex(EMPTY_OR_VISIBLE, 'must have a visible character'),
  );
}

/**
 * Returns what can be kept of a name that came with a token, null if nothing can: a backend's careless name must not lock its
 * user out.
 */
export function tidyName(text: string, max: number = DISPLAY_NAME_CHARACTERS): string | null {
  const allowed = text.replace(BREAKS, ' ').replace(FORBIDDEN, '').trim();
  const short = [...allowed].slice(0, max).join('').trim();
  return VISIBLE.test(short) ? short : null;
}

/** Returns the schema of any JSON of at most `max` characters (Unicode code points). */
// @__NO_SIDE_EFFECTS__
export function jsonField(max: number) {
  return v.pipe(
    v.unknown(),
    v.check(
      (value) => hasAtMost(max, JSON.stringify(value) ?? ''),
      `must be at most ${max} characters of JSON`,
    ),
  );
}

/** A code point is one or two units of a string: most texts need no count. */
function hasAtMost(max: number, text: string): boolean {
  if (text.length <= max) return true;
  return text.length <= 2 * max && Array.from(text).length <= max;
}
