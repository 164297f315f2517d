/** A certificate chain, the server's own first, and its private key, both in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A pair that fits together, and what it says. */
export interface Certificate extends Pair {
  /** Host names that it is for; may begin with `*.`. */
  readonly names: readonly string[];
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Where the certificate comes from: made here until there is a better one, from a directory (ACME, RFC 8555), or from
 * `TLS_CERT` and `TLS_KEY`. `none`: PORT speaks plain HTTP.
 */
export type CertificateKind = 'self_signed' | 'acme' | 'files' | 'none';

/** What operators are told of the certificate that new connections get. */
export interface CertificateStatus {
  readonly kind: CertificateKind;
  readonly names: readonly string[];
  /** Milliseconds since 1970; undefined without a certificate. */
  readonly expiresAt: number | undefined;
  /** Why the last try to get or read a newer one failed, as a sentence; undefined if it didn't. */
  readonly lastError: string | undefined;
}

/** The status of a server that speaks plain HTTP. */
export const NO_CERTIFICATE: CertificateStatus = Object.freeze({
  kind: 'none',
  names: [],
  expiresAt: undefined,
  lastError: undefined,
});
