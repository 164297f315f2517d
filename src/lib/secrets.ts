import { createHash, hash, timingSafeEqual } from 'node:crypto';

/**
 * Returns what is stored of a secret of 256 random bits: its SHA-256, 32 bytes. Nobody can guess such a secret, so a slow
 * hash would protect nothing.
 */
export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Compares digests in constant time: the time reveals neither where the texts differ nor how long they are. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

/** Returns the key under which memory knows a token: its SHA-256, so that nothing there could be used as a token. */
export function tokenKey(token: string): string {
  return hash('sha256', token, 'base64url');
}
