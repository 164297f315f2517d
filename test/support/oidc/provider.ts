import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

/** Claims by the person's `sub`. */
type People = Map<string, Record<string, unknown>>;

/** A real OpenID provider, whose sign-in page has a link per person and one to refuse. */
export interface TestProvider {
  readonly issuer: string;
  /** Parley's settings for it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Who can sign in; tests change what is said of them. */
  readonly people: People;
  /** Sends browsers back to this Parley from now on. @param url `http://127.0.0.1:3001` */
  sendBackTo(url: string): Promise<void>;
  /** Signs with a new key, and publishes that alone. */
  rotateKeys(): Promise<void>;
  /** Requests so far, such as `GET /jwks`. */
  readonly requests: readonly string[];
  /** Stops or starts listening, on the same port. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
}

interface Options {
  /** PEM texts; without them it speaks HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** `client_secret_basic` unless told otherwise. */
  readonly method?: 'client_secret_basic' | 'client_secret_post';
}

const CLIENT = { id: 'parley', secret: 'the secret of the client parley' };
const CLAIMS = ['name', 'preferred_username', 'picture', 'email', 'email_verified'];

/** The caller takes it down. */
export async function startProvider({
  tls,
  method = 'client_secret_basic',
}: Options = {}): Promise<TestProvider> {
  const people: People = new Map();
  const requests: string[] = [];
  let provider: Provider | undefined;
  let redirectUri = 'http://localhost/auth/oidc/callback';
  let key = await newKey();

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname } = new URL(request.url ?? '/', issuer);
    requests.push(`${request.method} ${pathname}`);
    const [, uid, choice] = /^\/interaction\/([\w-]+)(?:\/(.+))?$/.exec(pathname) ?? [];
    if (provider === undefined) response.writeHead(500).end();
    else if (uid === undefined) void provider.callback()(request, response);
    else if (choice === undefined) response.end(choices(people, pathname));
    else {
      const person = decodeURIComponent(choice).replace(/^as\//, '');
      const outcome =
        choice === 'refuse' ? { error: 'access_denied' } : { login: { accountId: person, remember: false } };
      void provider.interactionFinished(request, response, outcome);
    }
  };
  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = `${tls === undefined ? 'http' : 'https'}://localhost:${port}`;

  function furnish(): void {
    provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: method,
        },
      ],
      clientAuthMethods: [method],
      jwks: { keys: [key] },
      cookies: { keys: ['a key for the cookies of tests'] },
      scopes: ['openid', 'profile', 'groups'],
      claims: { openid: ['sub'], profile: CLAIMS, groups: ['groups'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      pkce: { required: () => true },
      findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
      async loadExistingGrant({ oidc }) {
        const clientId = oidc.client?.clientId ?? '';
        const known = oidc.session?.grantIdFor(clientId);
        if (known !== undefined) return oidc.provider.Grant.find(known);
        const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session?.accountId ?? '' });
        grant.addOIDCScope('openid profile groups');
        await grant.save();
        return grant;
      },
    });
  }

  furnish();
  return {
    issuer,
    settings: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret },
    people,
    requests,
    async sendBackTo(url) {
      redirectUri = `${url}/auth/oidc/callback`;
      furnish();
    },
    async rotateKeys() {
      key = await newKey();
      furnish();
    },
    async goDown() {
      server.closeAllConnections();
      await new Promise<unknown>((resolve) => server.close(resolve));
    },
    async comeUp() {
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    },
  };
}

async function newKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' };
}

/** The provider's sign-in page. */
function choices(people: People, path: string): string {
  const links = [...people.keys()].map((sub) => `<a href="${path}/as/${encodeURIComponent(sub)}">${sub}</a>`);
  return `<!doctype html><title>Provider</title>${links.join(' ')} <a href="${path}/refuse">refuse</a>`;
}
