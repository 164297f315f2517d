import * as v from 'valibot';
import { FullUser, type TokensReply } from '../../protocol/bodies.ts';
import { UserKind } from '../../protocol/fields.ts';

const fields = FullUser.entries;

/**
 * A login as it is kept. A page of an earlier version saved the user without the newer fields, one of a later version may
 * save values that this one doesn't know; either way the login goes on, and its next refresh brings the whole user.
 */
const SavedLogin = v.object({
  /** The server's origin; a page of an earlier version saved none. */
  baseUrl: v.optional(v.string()),
  user: v.object({
    id: fields.id,
    username: v.fallback(fields.username, null),
    displayName: v.fallback(fields.displayName, null),
    kind: v.fallback(UserKind, 'registered'),
    status: v.fallback(fields.status, 'online'),
    customStatus: v.fallback(fields.customStatus, null),
    avatarUrl: v.fallback(fields.avatarUrl, null),
    bio: v.fallback(fields.bio, null),
    createdAt: v.fallback(fields.createdAt, new Date(0).toISOString()),
    email: v.fallback(fields.email, null),
    role: v.fallback(fields.role, null),
  }),
  accessToken: v.string(),
  refreshToken: v.string(),
  /** When the access token expires, in milliseconds since 1970. */
  expiresAt: v.number(),
});
export type SavedLogin = v.InferOutput<typeof SavedLogin>;

/** @param now in milliseconds since 1970 */
export function loginOf(reply: TokensReply, baseUrl: string, now: number): SavedLogin {
  const { user, accessToken, refreshToken, expiresInSeconds } = reply;
  return { baseUrl, user, accessToken, refreshToken, expiresAt: now + expiresInSeconds * 1_000 };
}

/** Returns undefined if the text is not a login, or one that this version can't read. */
export function parseLogin(text: string): SavedLogin | undefined {
  try {
    const parsed = v.safeParse(SavedLogin, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
