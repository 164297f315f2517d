import type { Family } from '../../codec/addresses.ts';
import { ATTRIBUTE } from '../../codec/attributes.ts';
import { attributeOf, type StunMessage } from '../../codec/message.ts';
import { readXorAddress, type TransportAddress } from '../../codec/xor-address.ts';
import type { ClientPath, User } from '../allocations/allocation.ts';
import type { Response } from './response.ts';

/** A request of any client. */
export interface UnauthenticatedRequest {
  readonly message: StunMessage;
  readonly path: ClientPath;
}

/** A request with valid credentials. */
export interface Request extends UnauthenticatedRequest {
  readonly user: User;
  /** Milliseconds of the monotonic clock. */
  readonly now: number;
}

/** Serves one method. */
export type Handler = (request: Request) => Response;

/** Seconds that an allocation lives if the client asks for less or nothing (RFC 8656 §3.2). */
export const DEFAULT_LIFETIME = 600;

/** The attribute as an unsigned 32-bit number; `malformed` if its length isn't 4. */
export function uint32Of(message: StunMessage, type: number): number | 'malformed' | undefined {
  const value = attributeOf(message, type);
  if (value === undefined) return undefined;
  return value.length === 4 ? value.readUInt32BE() : 'malformed';
}

/** All XOR-PEER-ADDRESS attributes; undefined if one is malformed. */
export function peersOf(message: StunMessage): TransportAddress[] | undefined {
  const peers: TransportAddress[] = [];
  for (const { type, value } of message.attributes) {
    if (type !== ATTRIBUTE.xorPeerAddress) continue;
    const peer = readXorAddress(value, message.transactionId);
    if (peer === undefined) return undefined;
    peers.push(peer);
  }
  return peers;
}

/**
 * Seconds to grant for LIFETIME (RFC 8656 §7.2 and §8.2): the requested ones, but at least the default and at most `maximum`.
 * RFC 8656 §8.2 reads 0 as the end of the allocation, which is the caller's to check.
 */
export function lifetimeOf(message: StunMessage, maximum: number): number | 'malformed' {
  const requested = uint32Of(message, ATTRIBUTE.lifetime);
  if (requested === 'malformed') return 'malformed';
  return Math.min(Math.max(requested ?? DEFAULT_LIFETIME, DEFAULT_LIFETIME), maximum);
}

/** Returns the seconds to grant of those that `lifetimeOf` allows: allocations of test credentials end with these. */
export function secondsFor({ testEndsAt }: User, seconds: number, now: number): number {
  if (testEndsAt === undefined) return seconds;
  return Math.min(seconds, Math.max(1, Math.ceil((testEndsAt - now) / 1000)));
}

/** Returns when an allocation of the user that is granted so many seconds ends, in ms of the monotonic clock. */
export function endOf({ testEndsAt }: User, seconds: number, now: number): number {
  return Math.min(now + seconds * 1000, testEndsAt ?? Number.POSITIVE_INFINITY);
}

/** The family in the first byte of REQUESTED- or ADDITIONAL-ADDRESS-FAMILY (RFC 8656 §18.6); undefined if unknown. */
export function requestedFamily(value: number): Family | undefined {
  if (value >>> 24 === 1) return 4;
  return value >>> 24 === 2 ? 6 : undefined;
}
