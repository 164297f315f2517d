import { type Check, fail, ok, skip, type Verdict, warn } from '../line.ts';

/** The address that people use: its name, its port, and whatever answers there. */
export const publicUrl: Check = {
  id: 'public_url',
  tried: 'open PUBLIC_URL',
  async run({ publicUrl: ask, server, settings }) {
    const found = await ask();
    if (found.kind === 'not_set') {
      return skip(
        'PUBLIC_URL is not set',
        'Set PUBLIC_URL to the address that people use, if it is not this machine.',
      );
    }
    const { url } = found;
    if (found.kind === 'unresolved') {
      return fail(
        `${url.hostname} has no address (${found.message})`,
        `Make a DNS record of ${url.hostname} that leads to this machine, or correct PUBLIC_URL.`,
      );
    }
    const { reached, addresses } = found;
    const isDown = (await server()).kind === 'none';
    // Without a proxy, it is the server that would answer.
    const isOwn = settings.config.tls !== undefined || url.protocol === 'http:';
    if (reached.kind === 'failed' && isDown && isOwn) {
      return skip(`no server runs here that would answer at ${url.origin}`);
    }
    if (reached.kind === 'failed') {
      return fail(
        `${url.origin} (${addresses.join(', ')}) can't be reached: ${reached.message}`,
        `Open port ${portOf(url)} in the firewall and start what listens there (Parley or its proxy), or correct PUBLIC_URL.`,
      );
    }
    const status = reached.kind === 'answered' ? reached.status : 101;
    return judge(url, status, isDown);
  },
};

function judge(url: URL, status: number, isDown: boolean): Verdict {
  if (status === 505) {
    return fail(
      `${url.origin} answers 505: its proxy speaks HTTP/1.0 with Parley`,
      'In nginx, set `proxy_http_version 1.1;` for the site of PUBLIC_URL; other proxies: HTTP/1.1 to the server.',
    );
  }
  if (status >= 500 && isDown) return skip(`${url.origin} answers ${status}, because no server runs here`);
  if (status >= 500) {
    return fail(
      `${url.origin} answers ${status}`,
      "Its proxy doesn't reach Parley: let it forward the site of PUBLIC_URL to HOST and PORT.",
    );
  }
  if (url.protocol === 'http:') {
    return warn(
      `${url.origin} answers, but without TLS: browsers give pages without it no camera and microphone`,
      'Set PUBLIC_URL to an https address: `parley serve --domain`, TLS_CERT, or a proxy with a certificate.',
    );
  }
  return ok(`${url.origin} answers`);
}

function portOf({ protocol, port }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}
