import * as v from 'valibot';

/** Max UTF-16 code units of one emoji: families, couples and flags have up to 20. */
const EMOJI_UNITS = 40;

const MODIFIER = '\\p{Emoji_Modifier}';
const TAGS = '[\\u{E0020}-\\u{E007E}]+\\u{E007F}';
const FLAG = '\\p{Regional_Indicator}{2}';
const KEYCAP = '[0-9#*]\\uFE0F?\\u20E3';
const PICTURE = `\\p{Extended_Pictographic}(?:\\uFE0F?${MODIFIER}|\\uFE0F|${TAGS})?`;
const ELEMENT = `(?:${FLAG}|${PICTURE})`;

/**
 * The syntax of UTS #51, section 1.4.9, without plain digits. It doesn't ask whether fonts have the emoji: those of later
 * versions of Unicode pass too.
 */
const ONE_EMOJI = new RegExp(`^(?:${KEYCAP}|${ELEMENT}(?:\\u200D${ELEMENT})*)$`, 'u');

/** One emoji, however many code points it takes: a flag, a keycap, a family. */
export const Emoji = v.pipe(
  v.string(),
  v.check((text) => text.length <= EMOJI_UNITS && ONE_EMOJI.test(text), 'must be one emoji'),
);
