import { ATTRIBUTE } from '../../codec/attributes.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { Allocation } from '../allocations/allocation.ts';
import type { Allocations } from '../allocations/allocations.ts';
import { endOf, lifetimeOf, type Request, requestedFamily, secondsFor, uint32Of } from './request.ts';
import { Response } from './response.ts';

export interface RefreshDeps {
  conf: Pick<RelayConf, 'maxAllocateLifetime'>;
  allocations: Allocations;
}

/** The Refresh request (RFC 8656 §8.2, whose steps have no numbers there). */
export function createRefresh({ conf, allocations }: RefreshDeps) {
  return function refresh(request: Request, allocation: Allocation): Response {
    const { message, now } = request;
    // 1. REQUESTED-ADDRESS-FAMILY must be the allocation's family, else 443.
    const family = uint32Of(message, ATTRIBUTE.requestedAddressFamily);
    if (family === 'malformed') return Response.error(request, 400);
    if (family !== undefined && requestedFamily(family) !== allocation.relay.family) {
      return Response.error(request, 443);
    }
    // 2. LIFETIME 0 deletes the allocation. A retransmission then gets 437, which clients take for success.
    if (uint32Of(message, ATTRIBUTE.lifetime) === 0) {
      allocations.end(allocation);
      return Response.success(request).uint32(ATTRIBUTE.lifetime, 0);
    }
    // 3. Else the time to expiry becomes the desired lifetime: min(requested, maximum), but at least the default.
    const allowed = lifetimeOf(message, conf.maxAllocateLifetime);
    if (allowed === 'malformed') return Response.error(request, 400);
    const lifetime = secondsFor(allocation.user, allowed, now);
    allocation.expiresAt = endOf(allocation.user, lifetime, now);
    // 4. The response says what was granted.
    return Response.success(request).uint32(ATTRIBUTE.lifetime, lifetime);
  };
}
