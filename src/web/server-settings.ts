import type { AccountUser } from '../client/index.ts';
import type { SiteUser } from './embed/site-token.ts';

/** What the server tells the page about its settings, as attributes of `<html>`. */
export interface ServerSettings {
  /** `invite`: only with an invitation. */
  readonly registration: 'open' | 'invite' | 'closed';
  /** Whether people without an account may make and join calls. */
  readonly guests: boolean;
  /** Who may start calls: everyone, all but guests, or only programs and admins. */
  readonly roomCreation: 'everyone' | 'users' | 'services';
  /** Name of the OpenID provider to sign in with; null if there is none. */
  readonly oidcName: string | null;
  /** Sites that may show calls in a frame [HT7]. */
  readonly embedOrigins: readonly string[];
}

/** Reads the settings; what is missing has its default, as in a page that no server has served. */
export function settingsOf({
  registration,
  guests,
  roomCreation,
  oidcName,
  embedOrigins,
}: DOMStringMap): ServerSettings {
  return {
    registration: registration === 'invite' || registration === 'closed' ? registration : 'open',
    guests: guests !== 'off',
    roomCreation: roomCreation === 'users' || roomCreation === 'services' ? roomCreation : 'everyone',
    oidcName: oidcName || null,
    embedOrigins: embedOrigins?.split(' ') ?? [],
  };
}

/**
 * Whether the server lets somebody start calls [AC3].
 * @param user null for a guest, and for the user of a site
 * @param site whom the token of a site is for, which may be for one room [TK4]
 */
export function mayStartCalls(
  { roomCreation }: ServerSettings,
  user: Pick<AccountUser, 'role'> | null,
  site: Pick<SiteUser, 'roomId'> | null = null,
): boolean {
  if (site !== null) return site.roomId === null && roomCreation !== 'services';
  if (roomCreation === 'everyone' || user?.role === 'admin') return true;
  return roomCreation === 'users' && user !== null;
}
