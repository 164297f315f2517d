/** Whether a page of `origin` may use the server that it reached as `host` (the request's Host header). */
export type OriginCheck = (origin: string, host: string) => boolean;

/**
 * The one list for CORS and WebSocket upgrades [HT6].
 * @param origins such as `https://example.org`, `capacitor://localhost`, `null`; `*` is any
 * @param publicUrl its origin is the server's own, and no other. Without it the server's own is what the Host header names,
 *   whatever the scheme: a proxy may have taken the TLS off
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
 * Whether an Origin header can say this, to the letter: `https://example.org:8443`, `capacitor://localhost`, `file://`, `null`.
 * Browsers write an http or https origin in one way only: in lower case, without a path and without the port that the scheme
 * implies. Apps write others (RFC 6454, 6.2) as they like, without a path.
 */
export function isOrigin(text: string): boolean {
  if (text === 'null') return true;
  if (text.includes('*')) return false;
  if (/^https?:/i.test(text)) return URL.canParse(text) && new URL(text).origin === text;
  return /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,]*$/.test(text);
}

/** A Host header may spell out the port that the scheme implies. */
function sameHost({ protocol, host }: URL, asked: string): boolean {
  return asked === host || asked === `${host}:${protocol === 'https:' ? 443 : 80}`;
}
