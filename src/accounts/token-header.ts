import * as v from 'valibot';

/** Max characters of a `kid`. */
const KID_CHARACTERS = 255;

/**
 * The fields of a token's header that the server reads (RFC 7515, section 4.1). It ignores `jwk`, `jku`, `x5c` and the
 * like, by which a token would name its own key. It understands no extension, so it refuses anything marked critical
 * (section 4.1.11).
 */
const Header = v.object({
  alg: v.pipe(
    v.string('alg must be text'),
    v.regex(/^[A-Za-z0-9-]{1,16}$/, 'alg must be the name of an algorithm'),
  ),
  kid: v.optional(
    v.pipe(
      v.string('kid must be text'),
      v.maxLength(KID_CHARACTERS, `kid must be at most ${KID_CHARACTERS} characters`),
    ),
  ),
  typ: v.optional(v.pipe(v.string('typ must be text'), v.maxLength(64, 'typ must be at most 64 characters'))),
  cty: v.optional(v.pipe(v.string('cty must be text'), v.maxLength(64, 'cty must be at most 64 characters'))),
  crit: v.optional(v.never('critical extensions (crit) are not supported')),
});

const PART = /^[A-Za-z0-9_-]+$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Checks a token's form before anything else reads it, so that no library or database meets a value of an unexpected
 * type. Doesn't check the signature.
 * @returns why the header is refused; undefined if it isn't
 */
export function faultOfHeader(token: string): string | undefined {
  const parts = token.split('.', 4);
  const [head = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => PART.test(part))) return 'it is not a signed JWT';
  const header = parseJson(head);
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return 'its header is not JSON';
  const { success, issues } = v.safeParse(Header, header);
  return success ? undefined : `its header is wrong: ${issues[0].message}`;
}

function parseJson(part: string): unknown {
  try {
    return JSON.parse(utf8.decode(Buffer.from(part, 'base64url')));
  } catch {
    return undefined;
  }
}
