import { SignJWT } from 'jose';
import * as v from 'valibot';
import { StartError } from '../domain/errors.ts';
import { DisplayName } from '../protocol/fields.ts';
import type { SendKind } from '../protocol/room-fields.ts';
import type { TokenKeys } from './keys.ts';

/** What a backend may put into an access token that it signs itself [TK1] [TK4]. */
export interface MintedClaims {
  readonly sub: string;
  readonly name?: string | undefined;
  readonly role?: string | undefined;
  readonly room?:
    | {
        readonly id: string;
        readonly admin?: boolean;
        readonly name?: string;
        /** What the bearer may send there; everything if it is missing. */
        readonly send?: readonly SendKind[] | undefined;
        readonly skipKnock?: boolean;
      }
    | undefined;
}

interface Minting {
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly lifetimeSeconds: number;
}

/** Signs an access token offline, as any backend with the shared secret can. @throws StartError for an invalid name */
export async function mintToken(claims: MintedClaims, minting: Minting): Promise<string> {
  const name = v.safeParse(v.optional(DisplayName), claims.name);
  if (!name.success) throw new StartError(`The name ${name.issues[0].message}.`);
  const { key, header } = await minting.keys.signing();
  const seconds = Math.floor(minting.now / 1000);
  return new SignJWT({ ...claims, name: name.output })
    .setProtectedHeader(header)
    .setIssuer(minting.issuer)
    .setAudience(minting.audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + minting.lifetimeSeconds)
    .sign(key);
}
