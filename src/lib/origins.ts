/** Returns whether pages of `origin` may use the server that they reached as `host` (the request's Host header). */
export type OriginCheck = (origin: string, host: string) => boolean;

/**
 * Returns the origin check for CORS and WebSocket upgrades [HT6].
 * @param origins such as `https://example.org`, `capacitor://localhost`, `null`; `*` allows any
 * @param publicUrl its origin is the server's own, and no other is. Without it, the server's own is what the Host header
 *   names, with any scheme: a proxy may have terminated TLS
 */
export function allowOrigins(origins: readonly string[], publicUrl?: string): OriginCheck {
  const allowed = new Set(origins);
  if (publicUrl !== undefined) allowed.add(new URL(publicUrl).origin);
  return (origin, host) => {
    if (allowed.has('*') || allowed.has(origin)) return true;
    if (publicUrl !== undefined) return false;
    return URL.canParse(origin) && host !== '' && sameHost(new URL(origin), host.toLowerCase());
  };
}

/**
 * Returns whether an Origin header can have exactly this value: `https://example.org:8443`, `capacitor://localhost`, `file://`,
 * `null`. Browsers spell http and https origins in one way only: in lower case, without a path and without the scheme's
 * default port. Apps spell other origins (RFC 6454, 6.2) as they like, without a path.
 */
export function isOrigin(text: string): boolean {
  if (text === 'null') return true;
  if (text.includes('*')) return false;
  if (/^https?:/i.test(text)) return URL.canParse(text) && new URL(text).origin === text;
  return /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,]*$/.test(text);
}

/**
 * Returns whether `text` may stand in `frame-ancestors`: an origin as browsers spell it, or `https://*.example.org` for all
 * names below. A source of CSP (Level 3, 2.3.1) has no IPv6 address.
 */
export function isEmbedOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/.test(text)) return false;
  return isOrigin(text.replace('://*.', '://'));
}

/** Compares with a Host header, which may spell out the scheme's default port. */
function sameHost({ protocol, host }: URL, asked: string): boolean {
  return asked === host || asked === `${host}:${protocol === 'https:' ? 443 : 80}`;
}
