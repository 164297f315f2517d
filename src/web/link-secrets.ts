import type { KeyValueStorage } from './prefs.ts';

/** The secrets that links carry: an invitation to register, a setup token, a reset token. */
export type LinkSecret = 'invite' | 'setup' | 'reset';

export interface LinkSecrets {
  /** Returns null if no link brought one. */
  get(kind: LinkSecret): string | null;
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
