import type { Family } from './addresses.ts';
import { HEADER_BYTES } from './message.ts';

/**
 * Bytes of the largest STUN message: the length field has 16 bits and counts a multiple of 4 (RFC 8489 §5). ChannelData is
 * never larger: 4 bytes of header and 65,536 of padded data (RFC 8656 §12.4).
 */
export const LARGEST_MESSAGE_BYTES = HEADER_BYTES + 65_532;

/** UDP's and IP's lengths have 16 bits too. IPv4's counts its own header of 20 bytes, IPv6's does not. */
const LARGEST_DATAGRAM_BYTES = { 4: 65_535 - 20 - 8, 6: 65_535 - 8 } as const;

/** Bytes of data in the largest UDP datagram: what is longer, the kernel refuses. */
export function largestDatagram(family: Family): number {
  return LARGEST_DATAGRAM_BYTES[family];
}
