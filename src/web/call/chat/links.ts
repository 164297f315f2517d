/** A piece of a message: plain text, or a link. */
export type TextPart = { readonly text: string } | { readonly text: string; readonly href: string };

/**
 * Web and e-mail addresses, up to the next space or the next character that turns the direction of text: behind one, an
 * address could look like another. Other schemes, such as `javascript:`, stay text.
 */
const ADDRESS =
  /\b(?:https?:\/\/|www\.)[^\s<>"“”«»\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+|\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b/giu;
/** Punctuation that ends a sentence rather than an address. */
const TRAILING = /[.,:;!?'’*_~…]$/u;
const BRACKETS = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
] as const;

/** Splits a text into plain pieces and links to `http`, `https` and `mailto`. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(ADDRESS)) {
    const address = trimmed(match);
    const href = hrefOf(address);
    if (href === null) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: address, href });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Cuts off what belongs to the sentence: its punctuation, and brackets that were opened before the address. */
function trimmed(address: string): string {
  let text = address;
  for (;;) {
    const last = text.slice(-1);
    const unopened = BRACKETS.some(
      ([open, close]) => last === close && text.split(open).length < text.split(close).length,
    );
    if (!unopened && !TRAILING.test(text)) return text;
    text = text.slice(0, -1);
  }
}

/** Returns the address to link to; null if it is none that a person would mean. */
function hrefOf(address: string): string | null {
  const isMail = !/^(?:https?:\/\/|www\.)/iu.test(address);
  const url = parse(isMail ? `mailto:${address}` : /^www\./iu.test(address) ? `https://${address}` : address);
  if (url === null || !SAFE.has(url.protocol)) return null;
  // `https://bank.example@evil.example` leads elsewhere than it says.
  return url.username === '' && url.password === '' ? url.href : null;
}

function parse(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

const SAFE = new Set(['http:', 'https:', 'mailto:']);
