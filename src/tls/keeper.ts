import type { CertificateSource, TlsSettings } from '../config/tls-settings.ts';
import { StartError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { CertificateStore } from '../store/contract.ts';
import type { Challenges } from './acme/challenges.ts';
import { Renewal } from './acme/renewal.ts';
import type { Certificate, CertificateStatus, Pair } from './certificate.ts';
import { CertificateFiles } from './certificate-files.ts';
import { checkPair } from './pair-files.ts';
import { makeSelfSigned } from './x509.ts';

/** What has the certificate of HTTPS, and gets newer ones. */
export interface Keeper {
  current(): Certificate;
  kind(): 'self_signed' | 'acme' | 'files';
  status(): CertificateStatus;
  /** Begins to look for newer ones. Call it once HTTP_PORT answers. */
  start(): void;
  /** Looks now. */
  reload(): void;
  close(): void;
}

interface KeeperDeps {
  readonly settings: TlsSettings;
  readonly challenges: Challenges;
  readonly store: CertificateStore;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** Puts a newer certificate in use. @throws if it can't */
  readonly use: (pair: Pair) => void;
}

/** @throws StartError if `TLS_CERT` or `TLS_KEY` can't be used */
export async function createKeeper({ settings, ...deps }: KeeperDeps): Promise<Keeper> {
  const { source, name } = settings;
  return source.kind === 'files' ? fileKeeper(source, name, deps) : acmeKeeper(source, deps);
}

type CommonDeps = Omit<KeeperDeps, 'settings'>;

function fileKeeper(
  { cert, key }: Extract<CertificateSource, { kind: 'files' }>,
  name: string | undefined,
  { clock, log, use }: CommonDeps,
): Keeper {
  const files = new CertificateFiles({ cert, key, name, clock, log, use });
  return {
    current: () => files.current,
    kind: () => 'files',
    status: () => statusOf('files', files.current, files.lastError, clock),
    start: () => files.watch(),
    reload: () => files.reload(),
    close: () => files.close(),
  };
}

/** Serves a self-signed certificate until the first one comes. */
async function acmeKeeper(
  source: Extract<CertificateSource, { kind: 'acme' }>,
  { use, ...deps }: CommonDeps,
): Promise<Keeper> {
  const { clock } = deps;
  const renewal = new Renewal({
    ...source,
    ...deps,
    use(certificate) {
      use(certificate);
      current = certificate;
      kind = 'acme';
    },
  });
  const stored = await renewal.stored();
  let kind: 'acme' | 'self_signed' = stored === undefined ? 'self_signed' : 'acme';
  let current = stored ?? selfSigned(source.domain, clock);
  return {
    current: () => current,
    kind: () => kind,
    status: () => statusOf(kind, current, renewal.lastError, clock),
    start: () => void renewal.start(stored),
    reload: () => renewal.retry(),
    close: () => renewal.close(),
  };
}

function selfSigned(domain: string, clock: Clock): Certificate {
  const checked = checkPair(makeSelfSigned(domain, clock.now()), { name: domain, now: undefined });
  if ('fault' in checked) throw new StartError(`DOMAIN is "${domain}": ${checked.fault}`);
  return checked.certificate;
}

function statusOf(
  kind: CertificateStatus['kind'],
  { names, expiresAt }: Certificate,
  lastError: string | undefined,
  clock: Clock,
): CertificateStatus {
  const isOver = expiresAt <= clock.now();
  const expired = isOver ? `The certificate expired on ${new Date(expiresAt).toISOString()}.` : undefined;
  return { kind, names, expiresAt, lastError: lastError ?? expired };
}
