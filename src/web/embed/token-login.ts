import { computed, type ReadonlySignal } from '@preact/signals';
import { type Acting, type Client, ParleyClientError } from '../../client/index.ts';
import type { Login, Sdk } from '../login.ts';
import { siteUserOf } from './site-token.ts';

/** Times that a call in progress asks the site in vain for a fresh token, before it is given up. */
export const ASKS = 6;

type TokenSdk = Pick<Sdk, 'createRoom' | 'findRoom' | 'connect' | 'rooms'>;

interface SiteTokens {
  readonly sdk: TokenSdk;
  /** The newest one; null if the site has given none. */
  readonly token: ReadonlySignal<string | null>;
  /** As `HostChannel.freshToken`. */
  readonly freshToken: () => Promise<string | null>;
  /** Origin of the server. */
  readonly baseUrl: string;
}

/** Returns a login that acts with the token of the site that shows the page, while there is one, and else as `login` does. */
export function withSiteToken(login: Login, { sdk, token, freshToken, baseUrl }: SiteTokens): Login {
  let used: string | null = null;
  /** Resolves with null if the site is asked for a fresh one and gives none. */
  async function next(fresh: boolean): Promise<string | null> {
    if (token.value === null)
      throw new ParleyClientError('unauthorized', 'The site has taken its token back.');
    const given = fresh && token.value === used ? await freshToken() : token.value;
    used = given ?? used;
    return given;
  }
  const refused = () =>
    new ParleyClientError('unauthorized', 'The site was asked for a fresh token, and gave none.');
  const site: Acting = {
    baseUrl,
    async token(fresh = false) {
      const given = await next(fresh);
      if (given === null) throw refused();
      return given;
    },
  };

  /** A call that goes on asks again, because the site may be slow; one that hasn't begun doesn't. */
  async function connect(): Promise<Client> {
    let isOpen = false;
    let asks = 0;
    const client = await sdk.connect({
      async token(fresh) {
        const given = await next(fresh);
        if (given !== null) {
          asks = 0;
          return given;
        }
        asks += 1;
        throw isOpen && asks < ASKS
          ? new ParleyClientError('timeout', 'The site has given no fresh token yet.')
          : refused();
      },
    });
    isOpen = true;
    return client;
  }

  const has = () => token.value !== null;
  return {
    ...login,
    user: computed(() => (has() ? null : login.user.value)),
    hasAccount: computed(() => has() || login.hasAccount.value),
    site: computed(() => (token.value === null ? null : siteUserOf(token.value))),
    as: (work) => (has() ? work(site) : login.as(work)),
    createRoom: (request) => (has() ? sdk.createRoom(site, request) : login.createRoom(request)),
    findRoom: (roomId) => (has() ? sdk.findRoom(site, roomId) : login.findRoom(roomId)),
    async updateRoom(roomId, change) {
      return has() ? (await sdk.rooms.update(site, roomId, change)).room : login.updateRoom(roomId, change);
    },
    connect: (name) => (has() ? connect() : login.connect(name)),
  };
}
