import { type Check, skip } from '../line.ts';
import { judgeCertificate } from './certificate-verdict.ts';

/** The certificate that people's browsers get at PUBLIC_URL. */
export const certificate: Check = {
  id: 'certificate',
  tried: 'check the certificate of PUBLIC_URL and its chain',
  async run({ publicUrl, server, clocks, environment }) {
    const found = await publicUrl();
    if (found.kind === 'not_set') return skip('PUBLIC_URL is not set');
    if (found.url.protocol === 'http:') return skip('PUBLIC_URL is without TLS');
    if (found.kind === 'unresolved' || found.reached.kind !== 'answered')
      return skip("PUBLIC_URL can't be reached");
    const { certificate: seen } = found.reached;
    if (seen === undefined) return skip('no certificate was shown');
    const isOwn = (await server()).url.protocol === 'https:';
    const own = environment['TLS_CERT']
      ? 'TLS_CERT and TLS_KEY'
      : 'the certificate of DOMAIN (ACME_DIRECTORY)';
    const source = isOwn ? own : 'the certificate of the proxy at PUBLIC_URL';
    return judgeCertificate(seen, { name: found.url.hostname, source, now: (await clocks()).now() });
  },
};
