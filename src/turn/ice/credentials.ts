import { createHmac } from 'node:crypto';

/** Time-limited credentials for this relay or coturn. */
export interface TurnCredentials {
  /** `<expiry>:<name>`, the expiry in seconds since 1970. */
  readonly username: string;
  readonly credential: string;
}

/**
 * Makes credentials by the TURN REST convention (draft-uberti-behave-turn-rest-00): the secret is shared with the relay, which
 * needs no list of users. `core/allocations/revocations.ts` says how they end.
 * @param expiresAtSeconds seconds since 1970, rounded down; from then on an Allocate is refused
 * @param name what quotas and revocation go by, such as a peerId
 */
export function makeCredentials(secret: string, expiresAtSeconds: number, name: string): TurnCredentials {
  const username = `${Math.floor(expiresAtSeconds)}:${name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
