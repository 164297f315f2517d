import { secretKeys } from '../../src/accounts/keys.ts';
import { type MintedClaims, mintToken } from '../../src/accounts/mint.ts';
import type { Environment } from '../../src/config/config.ts';
import type { Overrides } from '../../src/server.ts';
import { SECRET } from '../support/server/accounts.ts';
import { type Guest, type Stage, startStage } from './stage.ts';

export interface Claims {
  readonly name?: string;
  readonly username?: string;
  readonly role?: string;
  readonly room?: MintedClaims['room'];
}

type Headers = Readonly<Record<string, string>>;

/** A stage whose backend makes users with tokens of its own, and everybody's requests to it. */
export interface PeopleStage extends Stage {
  /** An external user, known to the server from the first request on. */
  external(sub: string, claims?: Claims): Promise<Guest>;
  ask(method: string, path: string, token?: string, body?: unknown, headers?: Headers): Promise<Response>;
  /** PATCH of one's own profile. */
  patch(guest: Guest, body: unknown, headers?: Headers): Promise<Response>;
  /** Usernames or ids on all pages of a list. */
  listed(guest: Guest, query: Readonly<Record<string, string>>): Promise<string[]>;
}

export async function startPeople(
  environment: Environment = {},
  overrides: Overrides = {},
): Promise<PeopleStage> {
  const stage = await startStage({ JWT_SECRET: SECRET, ...environment }, overrides);
  const keys = await secretKeys(SECRET);
  const ask: PeopleStage['ask'] = (method, path, token, body, headers = {}) =>
    fetch(stage.server.url + path, {
      method,
      headers: { ...headers, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    ...stage,
    ask,
    async external(sub, claims = {}) {
      const minting = { keys, issuer: 'parley', audience: 'parley', now: Date.now(), lifetimeSeconds: 600 };
      const token = await mintToken({ sub, ...claims }, minting);
      const me = await ask('GET', '/auth/me', token);
      if (me.status !== 200) throw new Error(`${sub} is not known: ${await me.text()}`);
      return stage.bearer(sub, token);
    },
    patch: ({ userId, token }, body, headers) =>
      ask('PATCH', `/users/${encodeURIComponent(userId)}`, token, body, headers),
    async listed({ token }, query) {
      const names: string[] = [];
      let after: string | null = null;
      do {
        const parameters = new URLSearchParams({ ...query, ...(after === null ? {} : { after }) });
        const response = await ask('GET', `/users?${parameters}`, token);
        const page: { items: { id: string }[]; nextCursor: string | null } = await response.json();
        names.push(...page.items.map(({ id }) => id));
        after = page.nextCursor;
      } while (after !== null);
      return names;
    },
  };
}

/** The code of a problem reply. */
export async function problemOf(response: Response): Promise<[status: number, code: string]> {
  const { code } = await response.json();
  return [response.status, code];
}
