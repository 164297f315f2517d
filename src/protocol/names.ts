import * as v from 'valibot';

/**
 * What no name may hold: control characters, lone surrogates, and what turns the direction of the text around it or
 * breaks its line. Joiners are fine: emoji families and Persian words need them.
 */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;
const ALLOWED = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$/u;
/** Neither blank nor a mark without a letter; U+2800 and U+1D159 are symbols that are drawn as nothing. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]/u;
const EMPTY_OR_VISIBLE = new RegExp(`^$|${VISIBLE.source}`, 'u');
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** Characters (Unicode code points) of a display name. */
export const DISPLAY_NAME_CHARACTERS = 64;
/** Characters (Unicode code points) of a room's name. */
export const ROOM_NAME_CHARACTERS = 100;

/** A name that people read, of a person or a room. */
export function nameField(most: number) {
  return v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'must not be empty'),
    v.regex(new RegExp(`^.{0,${most}}$`, 'su'), `must be at most ${most} characters`),
    v.regex(ALLOWED, 'must not hold control characters or characters that change the direction of text'),
    // An empty name is told so already.
    v.regex(EMPTY_OR_VISIBLE, 'must have a visible character'),
  );
}

/**
 * A name that came with a token: a backend's careless name must not lock its user out.
 * @returns what is left of it as a name, null if that is nothing
 */
export function tidyName(text: string, most: number = DISPLAY_NAME_CHARACTERS): string | null {
  const allowed = text.replace(BREAKS, ' ').replace(FORBIDDEN, '').trim();
  const short = [...allowed].slice(0, most).join('').trim();
  return VISIBLE.test(short) ? short : null;
}
