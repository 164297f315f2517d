import type { IceServer } from '../../protocol/fields.ts';

/** STUN and TURN servers for one caller. */
export interface IceGrant {
  readonly iceServers: IceServer[];
  /** When the credentials in it die: milliseconds since 1970. Infinity where there are none. */
  readonly expiresAt: number;
}
