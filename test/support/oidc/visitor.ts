/** Max redirects of one sign-in. */
const HOPS = 12;

/** A browser without pages: keeps cookies per host and port, and follows redirects as far as it is told. */
export class Visitor {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Cookies that it has for an origin, as a `Cookie` header. */
  cookies(url: string): string {
    return [...(this.#cookies.get(new URL(url).host) ?? [])].map((pair) => pair.join('=')).join('; ');
  }

  async request(url: string, options: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const headers = { ...options.headers, Cookie: this.cookies(url) };
    const response = await fetch(url, { redirect: 'manual', ...options, headers });
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /**
   * Begins a sign-in, and signs in or refuses at the provider.
   * @returns the callback's URL, which it hasn't followed
   */
  async throughProvider(
    url: string,
    choice: { readonly as: string } | 'refuse',
    room?: string,
  ): Promise<string> {
    const start = await this.request(`${url}/auth/oidc/start${room === undefined ? '' : `?room=${room}`}`);
    let at = locationOf(start, url);
    for (let hop = 0; hop < HOPS; hop += 1) {
      if (at.startsWith(`${url}/`)) return at;
      const isSignInPage = /\/interaction\/[\w-]+$/.test(at);
      const chosen = choice === 'refuse' ? 'refuse' : `as/${encodeURIComponent(choice.as)}`;
      at = locationOf(await this.request(isSignInPage ? `${at}/${chosen}` : at), at);
    }
    throw new Error(`no way back from the provider: ${at}`);
  }

  /** Signs in as far as the page's address. @returns such as `/#code=…` */
  async signIn(url: string, choice: { readonly as: string } | 'refuse', room?: string): Promise<string> {
    const callback = await this.throughProvider(url, choice, room);
    const back = await this.request(callback);
    return back.headers.get('location') ?? `${back.status}`;
  }

  /** Exchanges a code, as the page does. @param pageUrl with `#code=` */
  async finish(url: string, pageUrl: string): Promise<Response> {
    return this.request(`${url}/auth/oidc/finish`, {
      method: 'POST',
      body: JSON.stringify({ code: codeIn(pageUrl) }),
    });
  }
}

export function codeIn(pageUrl: string): string {
  return /#code=([\w-]+)$/.exec(pageUrl)?.[1] ?? '';
}

function locationOf(response: Response, base: string): string {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`no redirect from ${base}: ${response.status}`);
  return new URL(location, base).href;
}
