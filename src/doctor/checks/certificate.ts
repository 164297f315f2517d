import { readPair } from '../../tls/pair-files.ts';
import type { ClockFacts, Facts } from '../facts/facts.ts';
import { type Check, fail, skip, type Verdict } from '../line.ts';
import { judgeCertificate, judgeDays } from './certificate-verdict.ts';

/** The certificate that people's browsers get at PUBLIC_URL, and the files that the server would read at its start. */
export const certificate: Check = {
  id: 'certificate',
  tried: 'check the certificate of PUBLIC_URL and its chain',
  async run(facts) {
    const clocks = await facts.clocks();
    const ofFiles = judgeFiles(facts, clocks);
    if (ofFiles?.status === 'fail') return ofFiles;
    const found = await facts.publicUrl();
    if (found.kind === 'not_set') return ofFiles ?? skip('PUBLIC_URL is not set');
    if (found.url.protocol === 'http:') return ofFiles ?? skip('PUBLIC_URL is without TLS');
    if (found.kind === 'unresolved' || found.reached.kind !== 'answered') {
      return ofFiles ?? skip("PUBLIC_URL can't be reached");
    }
    const { certificate: seen } = found.reached;
    if (seen === undefined) return skip('no certificate was shown');
    const isOwn = (await facts.server()).url.protocol === 'https:';
    const { tls } = facts.settings.config;
    if (isOwn && tls?.source.kind === 'acme' && seen.fault === 'DEPTH_ZERO_SELF_SIGNED_CERT') {
      return fail(
        'the certificate is self-signed, because none has come from ACME_DIRECTORY yet',
        `Let ${tls.source.domain} (DOMAIN) lead to this machine and its port 80 to HTTP_PORT. Parley's log has the reason, and it tries again by itself.`,
      );
    }
    const source = isOwn ? ownSource(tls?.source.kind) : 'the certificate of the proxy at PUBLIC_URL';
    return judgeCertificate(seen, { name: found.url.hostname, source, clocks });
  },
};

/** How the settings name the server's own certificate. */
export function ownSource(kind: 'files' | 'acme' | undefined): string {
  return kind === 'files' ? 'TLS_CERT and TLS_KEY' : 'the certificate of DOMAIN (ACME_DIRECTORY)';
}

/** Returns undefined if there are no files, or this user may not read them. */
function judgeFiles({ settings }: Facts, clocks: ClockFacts): Verdict | undefined {
  const { tls } = settings.config;
  if (tls?.source.kind !== 'files') return undefined;
  const { cert, key } = tls.source;
  const at = (now: number) => readPair(cert, key, { name: tls.name, now });
  const [byOwn, byOther] = [at(clocks.own()), at(clocks.now())];
  const checked = 'certificate' in byOwn ? byOwn : byOther;
  if ('certificate' in checked) {
    const now = checked === byOwn ? clocks.own() : clocks.now();
    return judgeDays(checked.certificate.expiresAt, now, ownSource('files'));
  }
  if (checked.fault.includes('(EACCES)')) return undefined;
  return fail(checked.fault, 'Correct TLS_CERT and TLS_KEY; a running server takes the files up by itself.');
}
