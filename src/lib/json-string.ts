const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
/** UTF-16 units. For longer text `JSON.stringify` is as fast. */
const SHORT = 64;

/** Does what `JSON.stringify` does, in a fraction of the time for short text in which nothing has to be escaped. */
export function jsonString(text: string): string {
  return text.length <= SHORT && isPlain(text) ? `"${text}"` : JSON.stringify(text);
}

/** Whether JSON writes the text as it is. False for surrogates: only halves of pairs are escaped, but text has few. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < BLANK || unit === QUOTE || unit === BACKSLASH) return false;
    if (unit >= FIRST_SURROGATE && unit <= LAST_SURROGATE) return false;
  }
  return true;
}
