import { canonicalAddress } from '../../lib/addresses.ts';
import type { Facts } from '../facts/facts.ts';
import { type Check, fail, ok, skip, type Verdict } from '../line.ts';

/** Whether the server sees people's own addresses, by which it limits them, and not the proxy's. */
export const forwarded: Check = {
  id: 'forwarded',
  tried: 'compare the address that the server sees with the own one',
  async run(facts) {
    const found = await facts.publicUrl();
    if (found.kind !== 'resolved' || found.answer === undefined || found.reached.kind !== 'answered') {
      return skip('no request has reached this server through PUBLIC_URL');
    }
    if (facts.settings.config.trustedProxies.some(({ prefix }) => prefix === 0)) {
      return fail(
        'TRUSTED_PROXIES has everybody in it: anybody can claim any address by X-Forwarded-For',
        'Let TRUSTED_PROXIES have the addresses of your own proxies only.',
      );
    }
    const { address, peer, isForwarded, isTrusted } = found.answer;
    const proxy = canonicalAddress(peer) ?? peer;
    const seen = canonicalAddress(address) ?? address;
    const own = canonicalAddress(found.reached.localAddress) ?? found.reached.localAddress;
    if (isForwarded && !isTrusted) {
      return fail(
        `a proxy at ${proxy} sends X-Forwarded-For, which isn't believed: everybody shares the limits of one address`,
        `Add ${proxy} to TRUSTED_PROXIES, and restart Parley.`,
      );
    }
    if (!isForwarded && (await isBehindProxy(facts, found.url))) {
      return fail(
        `the proxy at ${proxy} sends no X-Forwarded-For: everybody shares the limits of one address`,
        'Let the proxy of PUBLIC_URL send it (nginx: `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;`), ' +
          `and have ${proxy} in TRUSTED_PROXIES.`,
      );
    }
    return judge(seen, own, isForwarded);
  },
};

function judge(seen: string, own: string, isForwarded: boolean): Verdict {
  const how = isForwarded ? 'through a trusted proxy' : 'directly';
  if (seen === own) return ok(`the server sees ${seen}, ${how}`);
  // A NAT on the way back to this machine, or an address of the proxy's own network.
  return ok(`the server sees this machine as ${seen}, ${how}`);
}

/** Whether something besides the network must be between the doctor and the server. */
async function isBehindProxy(facts: Facts, url: URL): Promise<boolean> {
  const local = (await facts.server()).url;
  // The server ends TLS itself: nothing can have read the request on the way.
  if (local.protocol === 'https:') return false;
  if (url.protocol === 'https:') return true;
  const port = url.port === '' ? '80' : url.port;
  const localPort = local.port === '' ? '80' : local.port;
  return port !== localPort;
}
