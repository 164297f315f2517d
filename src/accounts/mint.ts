import { SignJWT } from 'jose';
import type { TokenKeys } from './keys.ts';

/** What a backend may put into an access token that it makes itself [TK1] [TK4]. */
export interface MintedClaims {
  readonly sub: string;
  readonly name?: string | undefined;
  readonly role?: string | undefined;
  readonly room?: { readonly id: string; readonly admin?: boolean } | undefined;
}

interface Minting {
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly lifetimeSeconds: number;
}

/** An access token made offline, as any backend with the shared secret can. */
export async function mintToken(claims: MintedClaims, minting: Minting): Promise<string> {
  const { key, header } = await minting.keys.signing();
  const seconds = Math.floor(minting.now / 1000);
  return new SignJWT({ ...claims })
    .setProtectedHeader(header)
    .setIssuer(minting.issuer)
    .setAudience(minting.audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + minting.lifetimeSeconds)
    .sign(key);
}
