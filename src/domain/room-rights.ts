import { SEND_KINDS, type SendKind } from '../protocol/room-fields.ts';
import type { Identity } from './identity.ts';

/** What a room grants one of its users, whatever token the user comes with [RM6]. */
export interface Granted {
  readonly isOwner: boolean;
  /** Whether it is a host; null: as its token says. */
  readonly host: boolean | null;
  /** What it may send; null: as its token says. */
  readonly send: readonly SendKind[] | null;
}

/** Most people in most rooms: only the token counts. */
export const NOTHING_GRANTED: Granted = Object.freeze({ isOwner: false, host: null, send: null });
const OWNER: Granted = Object.freeze({ ...NOTHING_GRANTED, isOwner: true });

/** Rights that a host or an invitation changes. Omitted ones stay as they are. */
export interface RightsChange {
  readonly host?: boolean | undefined;
  readonly send?: readonly SendKind[] | undefined;
}

/** Returns what is granted to somebody about whom the room has stored nothing, or this. */
export function grant(isOwner: boolean, stored?: Pick<Granted, 'host' | 'send'>): Granted {
  if (stored === undefined) return isOwner ? OWNER : NOTHING_GRANTED;
  return { isOwner, host: stored.host, send: stored.send };
}

/** The roles of identities that run every room. */
const HOST_ROLES: ReadonlySet<string | null> = new Set(['service', 'admin']);

/** Whether one is a host of every room, or of this one, and no other host can change that [RM6]. */
export function isHostForGood({ role }: Pick<Identity, 'role'>, isOwner: boolean): boolean {
  return isOwner || HOST_ROLES.has(role);
}

/**
 * Whether one runs a room in which its token is good [RM6]: its owner, a service, an admin, whoever a host made host, or the
 * bearer of a token with `admin` for it [TK4], unless a host has taken that back.
 */
export function isHost(identity: Pick<Identity, 'role' | 'room'>, { isOwner, host }: Granted): boolean {
  if (isHostForGood(identity, isOwner)) return true;
  return host ?? identity.room?.admin === true;
}

/** What one may send: as a host or an invitation says, else as the token says [TK4], else everything. */
export function sendRights({ room }: Pick<Identity, 'room'>, { send }: Granted): readonly SendKind[] {
  return send ?? room?.send ?? SEND_KINDS;
}
