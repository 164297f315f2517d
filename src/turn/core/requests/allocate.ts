import { type Family, socketAddress } from '../../codec/addresses.ts';
import { ATTRIBUTE, REASONS } from '../../codec/attributes.ts';
import { attributeOf, type StunMessage } from '../../codec/message.ts';
import type { MessageWriter } from '../../codec/message-writer.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import { Allocation, type PeerTraffic, type RelayPort } from '../allocations/allocation.ts';
import type { Allocations } from '../allocations/allocations.ts';
import type { RelayIo } from '../relay-io.ts';
import type { Counters } from '../stats.ts';
import type { Bandwidth } from '../traffic/bandwidth.ts';
import type { RelayedAddresses } from '../traffic/relayed-addresses.ts';
import { keptCopy, type Request, uint32Of } from './request.ts';

/** Seconds, where the client asks for no longer (RFC 8656 §3.2). */
export const DEFAULT_LIFETIME = 600;
/** Protocol number of UDP, in REQUESTED-TRANSPORT. */
const UDP = 17;

type AllocateError = 400 | 405 | 437 | 440 | 442 | 486 | 508;
/** A whole answer that was given before, an error, or the attributes of a success with their allocation. */
export type AllocateOutcome =
  | AllocateError
  | { readonly again: Buffer }
  | { readonly allocation: Allocation; readonly write: (answer: MessageWriter) => MessageWriter };

interface AllocateDeps {
  conf: Pick<RelayConf, 'maxAllocateLifetime'>;
  relayed: RelayedAddresses;
  allocations: Allocations;
  traffic: PeerTraffic;
  counters: Counters;
  bandwidth: Bandwidth;
  io: Pick<RelayIo, 'hasSpareDescriptors'>;
}

/** What the attributes ask for, checked against each other. */
interface Wish {
  readonly family: Family;
  /** The other family, if ADDITIONAL-ADDRESS-FAMILY asked for both. */
  readonly missing: Family | undefined;
  readonly token: Buffer | undefined;
  readonly even: boolean;
  /** The R bit of EVEN-PORT: hold the next port too. */
  readonly pair: boolean;
  /** Seconds. */
  readonly lifetime: number;
}

/** The Allocate request (RFC 8656 §7.2); its steps are numbered as there, authentication (1) being done. */
export function createAllocate({
  conf,
  relayed,
  allocations,
  traffic,
  counters,
  bandwidth,
  io,
}: AllocateDeps) {
  function wishOf({ message }: Request): Wish | AllocateError {
    // 3. REQUESTED-TRANSPORT: only UDP toward the peer (RFC 6062 is refused).
    const transport = uint32Of(message, ATTRIBUTE.requestedTransport);
    if (transport === undefined || transport === 'malformed') return 400;
    if (transport >>> 24 !== UDP) return 442;
    if (attributeOf(message, ATTRIBUTE.mobilityTicket) !== undefined) return 405; // RFC 8016 §3.2.1
    // 4. DONT-FRAGMENT: answered with 420 like all that isn't understood, before this.
    const token = attributeOf(message, ATTRIBUTE.reservationToken);
    const even = attributeOf(message, ATTRIBUTE.evenPort);
    const asked = uint32Of(message, ATTRIBUTE.requestedAddressFamily);
    const additional = uint32Of(message, ATTRIBUTE.additionalAddressFamily);
    const lifetime = lifetimeOf(message, conf.maxAllocateLifetime);
    if (lifetime === 'malformed' || asked === 'malformed' || additional === 'malformed') return 400;
    const pair = ((even?.[0] ?? 0) & 0x80) !== 0;
    // 5. RESERVATION-TOKEN goes with none of the other three.
    const others = even !== undefined || asked !== undefined || additional !== undefined;
    if (token !== undefined && (token.length !== 8 || others)) return 400;
    if (even !== undefined && even.length !== 1) return 400;
    // 6., 8. and 9. ADDITIONAL-ADDRESS-FAMILY goes with neither a family nor a second port, and asks for IPv6.
    if (additional !== undefined && (asked !== undefined || pair || askedFamily(additional) !== 6))
      return 400;
    // 7. No family asked: IPv4, whatever the client's own (RFC 6156 §4.2); IPv6 if that is all there is.
    const family = asked === undefined ? (relayed[4] === undefined ? 6 : 4) : askedFamily(asked);
    if (family === undefined) return 440;
    const missing = additional === undefined ? undefined : family === 4 ? 6 : 4;
    return { family, missing, token, even: even !== undefined, pair, lifetime };
  }

  /** 8. The port, within the quotas, and the token of the next one where that was asked for. */
  function portFor(wish: Wish, request: Request): { relay: RelayPort; token?: Buffer } | 440 | 486 | 508 {
    const { user, now } = request;
    if (wish.token !== undefined) {
      const relay = allocations.redeem(wish.token, user.id);
      return relay === undefined ? 508 : { relay };
    }
    if (relayed[wish.family] === undefined) return 440;
    const over = allocations.overQuota(user.id, wish.pair ? 2 : 1);
    if (over !== undefined) {
      counters.denials[over]++;
      return over === 'user_quota' ? 486 : 508;
    }
    if (!io.hasSpareDescriptors()) {
      counters.denials.descriptors++;
      return 508;
    }
    if (!wish.pair) {
      const relay = allocations.ports.open(wish.family, wish.even, traffic);
      return relay === undefined ? noPort() : { relay };
    }
    if (allocations.reservations.isFull) return bound();
    const both = allocations.ports.openPair(wish.family, traffic);
    if (both === undefined) return noPort();
    return { relay: both[0], token: allocations.reserve(both[1], user.id, now) };
  }

  function noPort(): 508 {
    counters.denials.ports++;
    return 508;
  }

  function bound(): 508 {
    counters.denials.bounds++;
    return 508;
  }

  return function allocate(request: Request): AllocateOutcome {
    const { message, path, user, now } = request;
    // 2. The 5-tuple is in use: the same answer to a retransmission, else a mismatch.
    const there = path.allocation;
    if (there !== undefined) {
      return there.transactionId.equals(message.transactionId) ? { again: there.answer } : 437;
    }
    const wish = wishOf(request);
    if (typeof wish === 'number') return wish;
    const port = portFor(wish, request);
    if (typeof port === 'number') return port;
    const { relay, token } = port;
    const address = relayed[relay.family];
    if (address === undefined) return 440;
    const allocation = new Allocation({
      path,
      user,
      traffic: bandwidth.hold(user.id),
      relay,
      relayed: { address, port: relay.port },
      expiresAt: now + wish.lifetime * 1000,
      transactionId: keptCopy(message.transactionId),
    });
    allocations.add(allocation);
    counters.allocationsMade++;
    return {
      allocation,
      write(answer) {
        answer.xorAddress(ATTRIBUTE.xorRelayedAddress, address, relay.port);
        answer.uint32(ATTRIBUTE.lifetime, wish.lifetime);
        // 9. An allocation of ours has one family: the second is refused by policy, which the RFC provides for.
        if (wish.missing !== undefined) answer.addressErrorCode(wish.missing, 440, REASONS[440]);
        if (token !== undefined) answer.bytes(ATTRIBUTE.reservationToken, token);
        const client = socketAddress(path.address);
        return client === undefined
          ? answer
          : answer.xorAddress(ATTRIBUTE.xorMappedAddress, client, path.port);
      },
    };
  };
}

/** Seconds granted (RFC 8656 §7.2 step 9): what is asked, at least the default, at most the maximum. */
export function lifetimeOf(message: StunMessage, maximum: number): number | 'malformed' {
  const asked = uint32Of(message, ATTRIBUTE.lifetime);
  if (asked === 'malformed') return 'malformed';
  return Math.min(Math.max(asked ?? DEFAULT_LIFETIME, DEFAULT_LIFETIME), maximum);
}

/** REQUESTED-ADDRESS-FAMILY (RFC 8656 §18.6): the family in the first of four bytes. */
export function askedFamily(value: number): Family | undefined {
  if (value >>> 24 === 1) return 4;
  return value >>> 24 === 2 ? 6 : undefined;
}
