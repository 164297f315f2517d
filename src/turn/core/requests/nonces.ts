import { createHmac, timingSafeEqual } from 'node:crypto';

const TIME_BYTES = 4;
const DIGEST_BYTES = 8;
/** In base64url. */
const NONCE_LENGTH = ((TIME_BYTES + DIGEST_BYTES) / 3) * 4;

export interface Nonces {
  /** Makes a nonce for a client's network address: 16 ASCII characters. */
  make(address: string): Buffer;
  /** Whether the nonce was made for that address and isn't stale. */
  isValid(nonce: Buffer, address: string): boolean;
}

interface NonceDeps {
  /** At least 16 random bytes that only this process knows. */
  key: Buffer;
  /** Seconds of the monotonic clock. */
  seconds: () => number;
  /** Seconds until a nonce is stale; 0: never. */
  lifetime: number;
}

/**
 * Nonces that the relay needn't remember: time ‖ HMAC-SHA256(key, time ‖ client address), truncated to 64 bits. A nonce only
 * prevents replays; MESSAGE-INTEGRITY authenticates. It is short because the 401 that carries it must stay within 2.5 times the
 * size of the request.
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
    isValid(nonce, address) {
      if (nonce.length !== NONCE_LENGTH) return false;
      const bytes = Buffer.from(nonce.toString('latin1'), 'base64url');
      if (bytes.length !== TIME_BYTES + DIGEST_BYTES) return false;
      const time = bytes.subarray(0, TIME_BYTES);
      if (!timingSafeEqual(bytes.subarray(TIME_BYTES), digest(time, address))) return false;
      return lifetime === 0 || seconds() - time.readUInt32BE() <= lifetime;
    },
  };
}
