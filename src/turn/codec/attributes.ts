/** Methods (RFC 8489 §18.2, RFC 8656 §17). */
export const METHOD = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const;

/** Message classes (RFC 8489 §5). */
export const CLASS = { request: 0, indication: 1, success: 2, error: 3 } as const;
export type MessageClass = (typeof CLASS)[keyof typeof CLASS];

/** Attribute types (RFC 8489 §18.3, RFC 8656 §18, RFC 8016). */
export const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  evenPort: 0x0018,
  requestedTransport: 0x0019,
  dontFragment: 0x001a,
  xorMappedAddress: 0x0020,
  reservationToken: 0x0022,
  software: 0x8022,
  fingerprint: 0x8028,
  additionalAddressFamily: 0x8000,
  addressErrorCode: 0x8001,
  mobilityTicket: 0x8030,
} as const;

/**
 * Comprehension-required attributes that the relay understands, or may ignore. DONT-FRAGMENT isn't one of them, because Node
 * can't set the IP flag: it gets 420 (RFC 8656 §7.2 step 4).
 */
const UNDERSTOOD: ReadonlySet<number> = new Set(
  Object.values(ATTRIBUTE).filter((type) => type < 0x8000 && type !== ATTRIBUTE.dontFragment),
);

/** Whether the type is comprehension-required and unknown. From 0x8000 on, types are optional (RFC 8489 §14). */
export function isUnknownRequired(type: number): boolean {
  return type < 0x8000 && !UNDERSTOOD.has(type);
}

/** Error codes (RFC 8489 §14.8, RFC 8656 §19, RFC 8016) with their reason phrases. */
export const REASONS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  405: 'Mobility Forbidden',
  420: 'Unknown Attribute',
  437: 'Allocation Mismatch',
  438: 'Stale Nonce',
  440: 'Address Family not Supported',
  441: 'Wrong Credentials',
  442: 'Unsupported Transport Protocol',
  443: 'Peer Address Family Mismatch',
  486: 'Allocation Quota Reached',
  508: 'Insufficient Capacity',
} as const;
export type StunErrorCode = keyof typeof REASONS;
