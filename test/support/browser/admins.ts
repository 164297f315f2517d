import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { loginOf } from '../../../src/client/account/saved-login.ts';
import { TokensReply } from '../../../src/protocol/bodies.ts';
import { api } from '../server/api.ts';
import type { TestServer } from '../server/server.ts';

export const PASSWORD = 'correct horse battery';

type Served = Pick<TestServer, 'url' | 'setupToken'>;

/** Makes the first admin of a server. */
export function makeAdmin(server: Served, displayName = 'Ada Lovelace'): Promise<TokensReply> {
  const body = { token: server.setupToken, email: 'ada@example.org', password: PASSWORD, displayName };
  return api(server.url, '/setup', { reply: TokensReply, body });
}

/** Registers somebody with the address `<name>@example.org`. */
export function register(server: Served, name: string, displayName = name): Promise<TokensReply> {
  const body = { email: `${name}@example.org`, password: PASSWORD, displayName };
  return api(server.url, '/auth/register', { reply: TokensReply, body });
}

/** Signs in once more, for another browser. */
export function logIn(server: Served, email: string): Promise<TokensReply> {
  return api(server.url, '/auth/login', { reply: TokensReply, body: { email, password: PASSWORD } });
}

/** A browser in which somebody is signed in. Another one must not have the same login. */
export function signedIn(
  browser: Browser,
  server: Served,
  tokens: TokensReply,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const value = JSON.stringify(loginOf(tokens, server.url, Date.now()));
  const localStorage = [{ name: 'parley.account', value }];
  return browser.newContext({
    locale: 'en-US',
    ...options,
    storageState: { cookies: [], origins: [{ origin: server.url, localStorage }] },
  });
}
