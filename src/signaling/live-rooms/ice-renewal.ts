import type { Clock } from '../../lib/clock.ts';
import { isoTimeOrLast } from '../../lib/iso-time.ts';
import type { IceServer } from '../../protocol/fields.ts';
import type { Participant } from './participant.ts';

/** STUN and TURN servers for one peer. */
export interface IceGrant {
  readonly iceServers: IceServer[];
  /** When its credentials expire: milliseconds since 1970, Infinity if it has none. */
  readonly expiresAt: number;
}

/** Milliseconds before TURN credentials expire at which new ones are sent. */
const RENEWAL_LEAD_MS = 60_000;

/** When TURN credentials are renewed: a minute before they expire, or half-way if they live less than two; Infinity if they never expire. */
export function renewAt(expiresAt: number, now: number): number {
  return Math.max(expiresAt - RENEWAL_LEAD_MS, now + (expiresAt - now) / 2);
}

/** Delivers new TURN credentials before the old ones expire. */
export function deliverIceServers(
  participant: Participant,
  { iceServers, expiresAt }: IceGrant,
  clock: Pick<Clock, 'now'>,
): void {
  participant.iceRenewAt = renewAt(expiresAt, clock.now());
  participant.deliver('ice:servers', { iceServers, expiresAt: isoTimeOrLast(expiresAt) });
}
