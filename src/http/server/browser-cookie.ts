import type { Header } from './reply.ts';
import type { RequestHead } from './request.ts';

/** A secret as `Ids` makes it. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/**
 * The cookie that tells the browser which began a sign-in from any other. No script reads it, and no other site's page
 * sends it, except by a link (`Lax`): that is how the provider's page leads back.
 * @param origin of this server
 */
export function browserCookie(origin: string) {
  const isSecure = origin.startsWith('https:');
  // `__Host-`: no other host under our domain can have set it (RFC 6265bis, 4.1.3.2). It takes `Secure`.
  const name = isSecure ? '__Host-parley-oidc' : 'parley-oidc';
  return {
    /** Returns the browser's secret, undefined if it sent none. */
    read({ headers }: RequestHead): string | undefined {
      const pairs = (headers.get('cookie') ?? '').split(/[;,]/).map((pair) => pair.trim());
      const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
      return value !== undefined && SECRET.test(value) ? value : undefined;
    },
    /** Returns the header that sets it for `maxAgeMs`. */
    write(secret: string, maxAgeMs: number): Header {
      const attributes = `Path=/; Max-Age=${maxAgeMs / 1_000}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
      return ['Set-Cookie', `${name}=${secret}; ${attributes}`];
    },
  };
}
