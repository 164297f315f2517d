import { createHmac } from 'node:crypto';

/** One user's entry to a relay, ours or coturn's. */
export interface TurnCredentials {
  /** `<expiry>:<name>`, the expiry in seconds since 1970. */
  readonly username: string;
  readonly credential: string;
}

/**
 * Credentials of the TURN REST convention (draft-uberti-behave-turn-rest-00): whoever holds the shared secret makes
 * them, the relay needs no list of users.
 * @param expiresAtSeconds seconds since 1970 until which an Allocate is accepted; a fraction is cut off
 * @param name whose they are: our peerId, by which they are revoked
 */
export function makeCredentials(secret: string, expiresAtSeconds: number, name: string): TurnCredentials {
  const username = `${Math.floor(expiresAtSeconds)}:${name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
