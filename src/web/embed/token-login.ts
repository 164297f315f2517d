import { computed, type ReadonlySignal } from '@preact/signals';
import { ParleyClientError } from '../../client/index.ts';
import type { Login, Sdk } from '../login.ts';

type TokenSdk = Pick<Sdk, 'createRoom' | 'findRoom' | 'connect' | 'rooms'>;

/**
 * Returns a login that acts with the token of the site that shows the page, while there is one, and else as `login` does.
 * @param baseUrl origin of the server
 */
export function withSiteToken(
  login: Login,
  { sdk, token, baseUrl }: { sdk: TokenSdk; token: ReadonlySignal<string | null>; baseUrl: string },
): Login {
  const site = {
    baseUrl,
    // The newest one: the site sends another before the last one expires.
    token: async () => {
      const { value } = token;
      if (value !== null) return value;
      throw new ParleyClientError('unauthorized', 'The site has taken its token back.');
    },
  };
  const has = () => token.value !== null;
  return {
    ...login,
    user: computed(() => (has() ? null : login.user.value)),
    hasAccount: computed(() => has() || login.hasAccount.value),
    site: { hasToken: () => token.peek() !== null, name: () => nameIn(token.peek()) },
    createRoom: (request) => (has() ? sdk.createRoom(site, request) : login.createRoom(request)),
    findRoom: (roomId) => (has() ? sdk.findRoom(site, roomId) : login.findRoom(roomId)),
    async updateRoom(roomId, change) {
      return has() ? (await sdk.rooms.update(site, roomId, change)).room : login.updateRoom(roomId, change);
    },
    connect: (name) => (has() ? sdk.connect({ token: site.token }) : login.connect(name)),
  };
}

/** Returns the name that a token gives its user, to suggest it; '' if none can be read. Only the server verifies it. */
function nameIn(token: string | null): string {
  try {
    const claims = (token ?? '').split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof parsed === 'object' &&
      parsed !== null &&
      'name' in parsed &&
      typeof parsed.name === 'string'
      ? parsed.name
      : '';
  } catch {
    return '';
  }
}
