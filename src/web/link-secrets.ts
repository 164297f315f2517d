import type { KeyValueStorage } from './prefs.ts';
import { routeOf } from './routes.ts';

/** The secrets that links carry: an invitation to register or to a call, a setup token, a reset token. */
export type LinkSecret = 'invite' | 'call' | 'setup' | 'reset';

export interface LinkSecrets {
  /** Returns null if no link brought one. */
  get(kind: Exclude<LinkSecret, 'call'>): string | null;
  /** Returns the invitation to this call; null if no link brought one. */
  invitationTo(roomId: string): string | null;
  /** Forgets a secret that is used up or refused. */
  drop(kind: LinkSecret): void;
  /** Keeps the secret of an address. @returns the address without it, null if there is none in it */
  takeFrom(url: URL): URL | null;
}

/**
 * Keeps what links carry out of the address bar, where others may see it and the history would keep it.
 * @param storage of this tab, so that a reload doesn't lose a secret
 */
export function createLinkSecrets(storage: KeyValueStorage): LinkSecrets {
  const keyOf = (kind: LinkSecret) => `parley.link.${kind}`;
  return {
    get: (kind) => storage.getItem(keyOf(kind)),
    invitationTo(roomId) {
      const [room, secret] = (storage.getItem(keyOf('call')) ?? '').split(' ');
      return room === roomId ? (secret ?? null) : null;
    },
    drop: (kind) => storage.removeItem(keyOf(kind)),
    takeFrom(url) {
      const found = secretIn(url);
      if (found === null) return null;
      storage.setItem(keyOf(found.kind), found.secret);
      return found.rest;
    },
  };
}

function secretIn(url: URL): { kind: LinkSecret; secret: string; rest: URL } | null {
  const page = url.pathname.replace(/\/$/, '');
  const rest = new URL(url);
  const route = routeOf(url);
  if (route.at === 'call') {
    const secret = url.searchParams.get('invite') ?? '';
    rest.searchParams.delete('invite');
    return secret === '' ? null : { kind: 'call', secret: `${route.roomId} ${secret}`, rest };
  }
  if (page === '/register') {
    const secret = url.searchParams.get('invite') ?? '';
    rest.searchParams.delete('invite');
    return secret === '' ? null : { kind: 'invite', secret, rest };
  }
  if (page !== '/setup' && page !== '/reset') return null;
  const secret = new URLSearchParams(url.hash.slice(1)).get('token') ?? '';
  rest.hash = '';
  return secret === '' ? null : { kind: page === '/setup' ? 'setup' : 'reset', secret, rest };
}
