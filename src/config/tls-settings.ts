import { domainToASCII } from 'node:url';
import * as v from 'valibot';
import type { Fault } from '../domain/fault.ts';
import { about, isPrivateOnTheWay, text, webUrl, whole } from './values.ts';

/** Let's Encrypt's directory. */
const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';
/** A host name of letters, digits and hyphens (RFC 1123) whose last label isn't a number: no address. */
const HOST_NAME =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** HTTPS without a proxy in front. */
export const TLS_VARIABLES = {
  DOMAIN: v.optional(
    about(
      v.pipe(
        text,
        v.transform((name) => domainToASCII(name.trim()).replace(/\.$/, '')),
        v.regex(HOST_NAME, 'a host name that leads to this machine, such as calls.example.org'),
      ),
      '',
      'the host name of this server, also as `--domain`: it then speaks HTTPS, `PORT` is 443 and `PUBLIC_URL` is https://DOMAIN if they are not set, and the certificate comes by itself',
    ),
  ),
  HTTP_PORT: v.optional(
    about(
      whole(0, 65_535),
      '',
      'with HTTPS: TCP port whose requests are sent on to HTTPS, and where a directory of certificates checks `DOMAIN`. Without `DOMAIN` only if it is set; 0 takes any free one',
    ),
  ),
  ACME_DIRECTORY: v.optional(
    about(
      v.pipe(
        webUrl(LETS_ENCRYPT),
        v.check(isPrivateOnTheWay, `an https URL, such as ${LETS_ENCRYPT} (http only on localhost)`),
      ),
      '',
      "who gives the certificate for `DOMAIN`, by ACME (RFC 8555), whose terms of service you accept. `NODE_EXTRA_CA_CERTS` names a file with the CA of a directory of one's own",
    ),
    LETS_ENCRYPT,
  ),
  TLS_CERT: v.optional(
    about(
      text,
      '',
      'your own certificate, with its chain, in PEM: `PORT` then speaks HTTPS with it. Read again when the file changes, and on SIGHUP; needs `TLS_KEY`',
    ),
  ),
  TLS_KEY: v.optional(about(text, '', 'its private key, in PEM, without a password')),
} as const;

interface Given {
  readonly PUBLIC_URL?: string | undefined;
  readonly DOMAIN?: string | undefined;
  readonly HTTP_PORT?: number | undefined;
  readonly ACME_DIRECTORY: string;
  readonly TLS_CERT?: string | undefined;
  readonly TLS_KEY?: string | undefined;
}

/** Where HTTPS's certificate comes from. */
export type CertificateSource =
  | { readonly kind: 'files'; readonly cert: string; readonly key: string }
  | { readonly kind: 'acme'; readonly domain: string; readonly directory: string };

/** HTTPS by itself. */
export interface TlsSettings {
  readonly source: CertificateSource;
  /** The host name that the certificate must be for; undefined: any. */
  readonly name: string | undefined;
  /** Undefined: no second port. */
  readonly httpPort: number | undefined;
  /** Whether browsers may be told to use HTTPS only: all of `DOMAIN` is ours, whatever the port. */
  readonly isHttpsOnly: boolean;
}

/** Returns how this server speaks HTTPS, undefined if it speaks plain HTTP. */
export function tlsSettings(given: Given): TlsSettings | undefined {
  const { DOMAIN: domain, TLS_CERT: cert, TLS_KEY: key, PUBLIC_URL: publicUrl } = given;
  const name = domain ?? (publicUrl === undefined ? undefined : bareName(publicUrl));
  const isHttpsOnly = domain !== undefined;
  const common = { name, httpPort: given.HTTP_PORT ?? (isHttpsOnly ? 80 : undefined), isHttpsOnly };
  if (cert !== undefined && key !== undefined) return { source: { kind: 'files', cert, key }, ...common };
  if (domain === undefined) return undefined;
  return { source: { kind: 'acme', domain, directory: given.ACME_DIRECTORY }, ...common };
}

/** Returns where the settings contradict each other. */
export function tlsFaults(given: Given & { readonly PORT: number }): Fault[] {
  const { DOMAIN: domain, PUBLIC_URL: publicUrl, PORT: port } = given;
  const faults: Fault[] = [];
  if (domain !== undefined && publicUrl !== undefined && !isOf(publicUrl, domain)) {
    const expected = `expected https://${domain}, or one of the two`;
    const message = `PUBLIC_URL is "${publicUrl}", but DOMAIN is "${domain}": ${expected}`;
    faults.push({ at: 'PUBLIC_URL', message });
  }
  const httpPort = tlsSettings(given)?.httpPort;
  if (httpPort === port && port !== 0) {
    faults.push({
      at: 'HTTP_PORT',
      message: `HTTP_PORT and PORT are both ${port}: expected different ports`,
    });
  }
  return faults;
}

/** A port of its own is no contradiction: a router may lead it to ours. */
function isOf(publicUrl: string, domain: string): boolean {
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'https:' && hostname === domain;
}

/** The host name of a URL; undefined if it is an address, which certificates are rarely for. */
function bareName(url: string): string | undefined {
  const { hostname } = new URL(url);
  return HOST_NAME.test(hostname) ? hostname : undefined;
}
