import type { Awaitable } from '../../lib/awaitable.ts';

/** The certificate of a host name, as a directory gave it. */
export interface CertificateRow {
  readonly domain: string;
  /** The URL of the directory that it comes from. */
  readonly directory: string;
  /** PEM, the server's own certificate first. */
  readonly chain: string;
  /** Secret: PKCS #8 in PEM. */
  readonly key: string;
}

/** What HTTPS by itself must find again: certificates, and accounts at the directories that give them (ACME, RFC 8555). */
export interface CertificateStore {
  find(domain: string): Awaitable<CertificateRow | undefined>;
  /** Durable. Replaces the domain's certificate. */
  save(row: CertificateRow): Awaitable<void>;
  /** Returns the secret key of the account at a directory, PKCS #8 in PEM. */
  accountKey(directory: string): Awaitable<string | undefined>;
  /** Durable. Replaces the account. */
  saveAccountKey(directory: string, key: string): Awaitable<void>;
}
