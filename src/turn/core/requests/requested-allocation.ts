import type { Family } from '../../codec/addresses.ts';
import { ATTRIBUTE } from '../../codec/attributes.ts';
import { attributeOf, type StunMessage } from '../../codec/message.ts';
import type { RelayedAddresses } from '../relay-addresses.ts';
import { lifetimeOf, requestedFamily, uint32Of } from './request.ts';

/** Protocol number of UDP in REQUESTED-TRANSPORT. */
const UDP = 17;
const RESERVATION_TOKEN_BYTES = 8;

/** What the attributes of an Allocate request ask for. */
export interface RequestedAllocation {
  readonly family: Family;
  /** The second family, if ADDITIONAL-ADDRESS-FAMILY asks for one of each. */
  readonly additionalFamily: Family | undefined;
  readonly reservationToken: Buffer | undefined;
  readonly evenPort: boolean;
  /** The R bit of EVEN-PORT: reserve the next higher port too. */
  readonly reserveNextPort: boolean;
  readonly lifetimeSeconds: number;
}

/** Steps 3 to 9 of RFC 8656 §7.2, as far as they are about attributes. @returns the error code of the first that fails */
export function requestedAllocation(
  message: StunMessage,
  relayed: RelayedAddresses,
  maxLifetime: number,
): RequestedAllocation | 400 | 405 | 440 | 442 {
  // 3. REQUESTED-TRANSPORT: only UDP toward the peer, no TCP (RFC 6062).
  const transport = uint32Of(message, ATTRIBUTE.requestedTransport);
  if (transport === undefined || transport === 'malformed') return 400;
  if (transport >>> 24 !== UDP) return 442;
  // MOBILITY-TICKET: refused (RFC 8016 §3.2.1).
  if (attributeOf(message, ATTRIBUTE.mobilityTicket) !== undefined) return 405;
  // 4. DONT-FRAGMENT: an unknown attribute here, so the request got 420 already.
  const reservationToken = attributeOf(message, ATTRIBUTE.reservationToken);
  const evenPort = attributeOf(message, ATTRIBUTE.evenPort);
  const requested = uint32Of(message, ATTRIBUTE.requestedAddressFamily);
  const additional = uint32Of(message, ATTRIBUTE.additionalAddressFamily);
  const lifetimeSeconds = lifetimeOf(message, maxLifetime);
  if (lifetimeSeconds === 'malformed' || requested === 'malformed' || additional === 'malformed') return 400;
  if (reservationToken !== undefined && reservationToken.length !== RESERVATION_TOKEN_BYTES) return 400;
  if (evenPort !== undefined && evenPort.length !== 1) return 400;
  const reserveNextPort = ((evenPort?.[0] ?? 0) & 0x80) !== 0;
  // 5. RESERVATION-TOKEN excludes EVEN-PORT and both families.
  const excluded = evenPort !== undefined || requested !== undefined || additional !== undefined;
  if (reservationToken !== undefined && excluded) return 400;
  // 6., 8. and 9. ADDITIONAL-ADDRESS-FAMILY excludes REQUESTED-ADDRESS-FAMILY and the R bit, and must be IPv6.
  if (additional !== undefined) {
    if (requested !== undefined || reserveNextPort || requestedFamily(additional) !== 6) return 400;
  }
  // 7. REQUESTED-ADDRESS-FAMILY, by default IPv4 whatever the client's own (also RFC 6156 §4.2). Where the RFC then answers
  // 440 if the relay has no IPv4 address, this relay gives an IPv6 one.
  const family = requested === undefined ? (relayed[4] === undefined ? 6 : 4) : requestedFamily(requested);
  if (family === undefined) return 440;
  const additionalFamily = additional === undefined ? undefined : family === 4 ? 6 : 4;
  return {
    family,
    additionalFamily,
    reservationToken,
    evenPort: evenPort !== undefined,
    reserveNextPort,
    lifetimeSeconds,
  };
}
