import * as v from 'valibot';

/** What a site's token says of its user. Only the server verifies it. */
export interface SiteUser {
  /** The name to suggest; '' for none. */
  readonly name: string;
  /** The one room that the token opens; null if it is for any. */
  readonly roomId: string | null;
}

const Claims = v.object({
  name: v.fallback(v.optional(v.string()), undefined),
  room: v.fallback(
    v.optional(v.object({ id: v.string(), name: v.fallback(v.optional(v.string()), undefined) })),
    undefined,
  ),
});

/** Reads a JSON Web Token without verifying it [TK4]; of one that can't be read, nothing is known. */
export function siteUserOf(token: string): SiteUser {
  const claims = v.safeParse(Claims, payloadOf(token));
  if (!claims.success) return { name: '', roomId: null };
  const { name, room } = claims.output;
  return { name: room?.name ?? name ?? '', roomId: room?.id.toLowerCase() ?? null };
}

/** The second of the three parts, in base64url. */
function payloadOf(token: string): unknown {
  const part = token.split('.')[1] ?? '';
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
