import { SAFETY_EMOJI, type SafetyEmoji } from './emoji.ts';

/** What two people compare to be sure that nobody sits between them. */
export interface SafetyCode {
  /** Six pictures with their names. */
  readonly emoji: readonly SafetyEmoji[];
  /** Thirty digits in groups of five: they say more than the pictures. */
  readonly digits: string;
}

/**
 * Times that the hash is repeated. Whoever wants to sit in the middle with the same code on both sides shows each side a key of
 * its own, and needs a pair of keys for which the two codes meet: among 2^18 tries per side there is one for the pictures
 * (36 bits), among 2^50 for the digits (99 bits). A try costs a certificate and this many hashes, so the pictures cost 2^36 of
 * them: hours of a processor, less with many. It must be done before the call with both keys known, and is seen as a changed
 * key by whoever has met the person in this room. Against somebody with such means, compare the digits.
 */
const ROUNDS = 2 ** 17;

const EMOJI = 6;
const DIGIT_GROUPS = 6;
const LABEL = 'parley safety code 1';

/**
 * Computes the code of a connection from the SHA-256 fingerprints of both certificates, as `a=fingerprint` has them. Both sides
 * get the same, whichever is whose.
 */
export async function safetyCodeOf(
  subtle: Pick<SubtleCrypto, 'importKey' | 'deriveBits'>,
  fingerprints: readonly [string, string],
): Promise<SafetyCode> {
  const text = fingerprints
    .map((each) => each.toUpperCase())
    .sort()
    .join(' ');
  const bytes = new TextEncoder();
  const key = await subtle.importKey('raw', bytes.encode(text), 'PBKDF2', false, ['deriveBits']);
  const method = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes.encode(LABEL), iterations: ROUNDS };
  const hash = new DataView(await subtle.deriveBits(method, key, 256));
  return { emoji: emojiOf(hash), digits: digitsOf(hash) };
}

/** The low six bits of one byte each. */
function emojiOf(hash: DataView): SafetyEmoji[] {
  return Array.from({ length: EMOJI }, (_, at) => SAFETY_EMOJI[hash.getUint8(at) % 64]).flatMap(
    (emoji) => emoji ?? [],
  );
}

/** Four bytes for each group: enough that no digit is likelier than another by more than 2 in 100,000. */
function digitsOf(hash: DataView): string {
  const group = (at: number) => String(hash.getUint32(EMOJI + at * 4) % 100_000).padStart(5, '0');
  return Array.from({ length: DIGIT_GROUPS }, (_, at) => group(at)).join(' ');
}
