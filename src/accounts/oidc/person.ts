import * as v from 'valibot';
import { AvatarUrl, Username } from '../../protocol/fields.ts';
import { tidyName } from '../../protocol/names.ts';
import type { OidcPerson } from '../../store/contract.ts';

/** A claim and the value that it must have or contain: `groups` and `parley-admins`. */
export interface AdminClaim {
  readonly name: string;
  readonly value: string;
}

/** What a provider says of a person: the claims of a verified ID token, or of userinfo. */
export type ProviderClaims = Readonly<Record<string, unknown>>;

/** `sub` has at most 255 ASCII characters (OpenID Connect Core 1.0, section 2). */
const Subject = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const Issuer = v.pipe(v.string(), v.minLength(1), v.maxLength(2_048));

/** A claim that doesn't fit is left out: an odd picture must not lock anybody out. */
const DisplayName = v.pipe(
  v.string(),
  v.transform((text) => tidyName(text)),
);

/**
 * Returns the person whom a verified ID token names. Profile and role come from the ID token, and what it lacks from
 * userinfo [TK6]. E-mail addresses are never looked at: whoever can set one at the provider would become somebody else.
 * @param adminClaim undefined: nobody is an admin
 * @throws Error if `iss` or `sub` isn't usable
 */
export function personOf(
  idToken: ProviderClaims,
  userInfo: ProviderClaims,
  adminClaim: AdminClaim | undefined,
): OidcPerson {
  const issuer = read(Issuer, idToken['iss']);
  const subject = read(Subject, idToken['sub']);
  if (issuer === null || subject === null) throw new Error('the ID token has no usable iss and sub');
  const claim = (name: string): unknown => idToken[name] ?? userInfo[name];
  return {
    issuer,
    subject,
    username: read(Username, claim('preferred_username')),
    displayName: read(DisplayName, claim('name')),
    avatarUrl: read(AvatarUrl, claim('picture')),
    role: adminClaim !== undefined && has(claim(adminClaim.name), adminClaim.value) ? 'admin' : null,
  };
}

/** Whether a claim is this text, or a list with it. */
function has(claim: unknown, value: string): boolean {
  return Array.isArray(claim) ? claim.includes(value) : claim === value;
}

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> | null {
  const { success, output } = v.safeParse(schema, value);
  return success ? output : null;
}
