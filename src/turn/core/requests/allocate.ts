import { type Family, socketAddress } from '../../codec/addresses.ts';
import { ATTRIBUTE, REASONS } from '../../codec/attributes.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import { Allocation, type Grant, type PeerTraffic, type RelayPort } from '../allocations/allocation.ts';
import type { Allocations } from '../allocations/allocations.ts';
import { TEST_BYTES_PER_SECOND } from '../allocations/test-users.ts';
import type { RelayedAddresses } from '../relay-addresses.ts';
import type { RelayIo } from '../relay-io.ts';
import type { Counters } from '../stats.ts';
import type { Bandwidth } from '../traffic/bandwidth.ts';
import { endOf, type Request, secondsFor } from './request.ts';
import { type RequestedAllocation, requestedAllocation } from './requested-allocation.ts';
import { Response } from './response.ts';

export interface AllocateDeps {
  conf: Pick<RelayConf, 'maxAllocateLifetime'>;
  relayed: RelayedAddresses;
  allocations: Allocations;
  traffic: PeerTraffic;
  counters: Counters;
  bandwidth: Bandwidth;
  io: Pick<RelayIo, 'hasSpareDescriptors'>;
}

/** The Allocate request (RFC 8656 §7.2); steps have the RFC's numbers. Authentication, step 1, is done by then. */
export function createAllocate(deps: AllocateDeps) {
  const { conf, relayed, allocations, traffic, counters, bandwidth } = deps;

  return function allocate(request: Request): Response {
    const { message, path, user, now } = request;
    // 2. The 5-tuple is in use: the same response again for a retransmission, else 437.
    const existing = path.allocation;
    if (existing !== undefined) {
      const isRetransmission = existing.grant.transactionId.equals(message.transactionId);
      return isRetransmission ? granted(request, existing.grant) : Response.error(request, 437);
    }
    // 3. to 9.: what the attributes request, checked one by one and against each other.
    const requested = requestedAllocation(message, relayed, conf.maxAllocateLifetime);
    if (typeof requested === 'number') return Response.error(request, requested);
    // 8. and 10.: the relayed transport address, within the quotas.
    const port = findPort(request, requested);
    if (typeof port === 'number') return Response.error(request, port);
    const { relay, reservationToken } = port;
    const address = relayed[relay.family];
    if (address === undefined) return Response.error(request, 440);
    // All checks passed: create the allocation, without permissions and channels.
    const grant: Grant = {
      transactionId: ownCopy(message.transactionId),
      relayed: { address, port: relay.port },
      lifetimeSeconds: secondsFor(user, requested.lifetimeSeconds, now),
      refusedFamily: requested.additionalFamily,
      reservationToken,
    };
    const expiresAt = endOf(user, grant.lifetimeSeconds, now);
    const usage = bandwidth.addAllocation(
      user.id,
      user.testEndsAt === undefined ? undefined : TEST_BYTES_PER_SECOND,
    );
    allocations.add(new Allocation({ path, user, traffic: usage, relay, grant, expiresAt }));
    counters.allocationsMade++;
    return granted(request, grant);
  };

  /** A relay port, and the token of the reserved next one if the R bit of EVEN-PORT asked for it. */
  function findPort(request: Request, requested: RequestedAllocation): FoundPort | 440 | 486 | 508 {
    const { user, now } = request;
    // 5. RESERVATION-TOKEN: the reserved port, else 508.
    if (requested.reservationToken !== undefined) {
      const relay = allocations.redeem(requested.reservationToken, user.id);
      return relay === undefined ? 508 : { relay, reservationToken: undefined };
    }
    // 7. The relay has no address of that family.
    if (relayed[requested.family] === undefined) return 440;
    // 10. The user's quota is reached: 486. The relay's own limits are reached: 508.
    const exceeded =
      allocations.exceededQuota(user.id, requested.reserveNextPort ? 2 : 1) ??
      exceededByTest(request, requested);
    if (exceeded !== undefined) {
      counters.denials[exceeded]++;
      return exceeded === 'user_quota' ? 486 : 508;
    }
    if (!deps.io.hasSpareDescriptors()) {
      counters.denials.descriptors++;
      return 508;
    }
    // 8. EVEN-PORT with or without its R bit, or any port.
    return requested.reserveNextPort ? openPair(requested.family, user.id, now) : openOne(requested);
  }

  /** The quota of test credentials that is reached, if any. They reserve no port. */
  function exceededByTest({ user, path }: Request, { reserveNextPort }: RequestedAllocation) {
    if (user.testEndsAt === undefined) return undefined;
    return reserveNextPort ? 'user_quota' : allocations.tests.exceededBy(path.address);
  }

  function openOne({ family, evenPort }: RequestedAllocation): FoundPort | 508 {
    const relay = allocations.ports.open(family, evenPort, traffic);
    if (relay !== undefined) return { relay, reservationToken: undefined };
    counters.denials.ports++;
    return 508;
  }

  function openPair(family: Family, userId: string, now: number): FoundPort | 508 {
    if (allocations.reservations.isFull) {
      counters.denials.bounds++;
      return 508;
    }
    const [relay, next] = allocations.ports.openPair(family, traffic) ?? [];
    if (relay !== undefined && next !== undefined) {
      return { relay, reservationToken: allocations.reserve(next, userId, now) };
    }
    counters.denials.ports++;
    return 508;
  }
}

interface FoundPort {
  readonly relay: RelayPort;
  readonly reservationToken: Buffer | undefined;
}

/** The success response (RFC 8656 §7.2, end). Retransmissions get it again from the same grant. */
function granted(request: Request, grant: Grant): Response {
  const { relayed, lifetimeSeconds, refusedFamily, reservationToken } = grant;
  const response = Response.success(request)
    .xorAddress(ATTRIBUTE.xorRelayedAddress, relayed.address, relayed.port)
    .uint32(ATTRIBUTE.lifetime, lifetimeSeconds);
  // 9. An allocation of this relay has one family; policy refuses the additional one, as the RFC permits.
  if (refusedFamily !== undefined) response.addressErrorCode(refusedFamily, 440, REASONS[440]);
  if (reservationToken !== undefined) response.bytes(ATTRIBUTE.reservationToken, reservationToken);
  const { address, port } = request.path;
  const client = socketAddress(address);
  return client === undefined ? response : response.xorAddress(ATTRIBUTE.xorMappedAddress, client, port);
}

/** A copy in memory of its own, for what an allocation keeps: a view, or a copy in Node's pool, would keep much more alive. */
function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
