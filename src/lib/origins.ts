/** Whether a page of `origin` may use the server that it reached as `host` (the request's Host header). */
export type OriginCheck = (origin: string, host: string) => boolean;

/**
 * The one list for CORS and WebSocket upgrades [HT6]. The page's own server is always allowed: its scheme is not
 * compared, since a proxy may have taken the TLS off.
 * @param origins such as `https://example.org`; `*` is any
 */
export function allowOrigins(origins: readonly string[]): OriginCheck {
  const allowed = new Set(origins);
  return (origin, host) => {
    if (allowed.has('*') || allowed.has(origin)) return true;
    return URL.canParse(origin) && host !== '' && sameHost(new URL(origin), host.toLowerCase());
  };
}

/** A Host header may spell out the port that the scheme implies. */
function sameHost({ protocol, host }: URL, asked: string): boolean {
  return asked === host || asked === `${host}:${protocol === 'https:' ? 443 : 80}`;
}
