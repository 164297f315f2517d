import { createHmac, timingSafeEqual } from 'node:crypto';

const TIME_BYTES = 4;
const DIGEST_BYTES = 8;
/** Characters of base64url. */
const NONCE_LENGTH = ((TIME_BYTES + DIGEST_BYTES) / 3) * 4;

export interface Nonces {
  /** 16 ASCII characters, good for that network address. */
  make(address: string): Buffer;
  isGood(nonce: Buffer, address: string): boolean;
}

interface NonceDeps {
  /** At least 16 random bytes, of this process alone. */
  key: Buffer;
  /** Seconds, never going back. */
  seconds: () => number;
  /** Seconds that a nonce is good for; 0: for as long as the key is. */
  lifetime: number;
}

/**
 * Nonces of which nothing is kept: time ‖ HMAC-SHA256(key, time ‖ client address), the digest cut to 64 bits. They
 * only tell a replay; what lets a client in is MESSAGE-INTEGRITY. Short, since the 401 that carries one must stay
 * within 2.5 times the question.
 */
export function createNonces({ key, seconds, lifetime }: NonceDeps): Nonces {
  const digest = (time: Buffer, address: string) =>
    createHmac('sha256', key).update(time).update(address).digest().subarray(0, DIGEST_BYTES);
  return {
    make(address) {
      const time = Buffer.alloc(TIME_BYTES);
      time.writeUInt32BE(Math.floor(seconds()) >>> 0);
      return Buffer.from(Buffer.concat([time, digest(time, address)]).toString('base64url'), 'latin1');
    },
    isGood(nonce, address) {
      if (nonce.length !== NONCE_LENGTH) return false;
      const bytes = Buffer.from(nonce.toString('latin1'), 'base64url');
      if (bytes.length !== TIME_BYTES + DIGEST_BYTES) return false;
      const time = bytes.subarray(0, TIME_BYTES);
      if (!timingSafeEqual(bytes.subarray(TIME_BYTES), digest(time, address))) return false;
      return lifetime === 0 || seconds() - time.readUInt32BE() <= lifetime;
    },
  };
}
