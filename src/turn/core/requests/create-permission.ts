import { canonical } from '../../codec/addresses.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { Allocation } from '../allocations/allocation.ts';
import type { Counters } from '../stats.ts';
import { type Policies, policyFor } from '../traffic/test-policy.ts';
import { peersOf, type Request } from './request.ts';
import { Response } from './response.ts';

export interface CreatePermissionDeps {
  conf: Pick<RelayConf, 'permissionLifetime'>;
  policies: Policies;
  counters: Counters;
}

/** The CreatePermission request (RFC 8656 §10.2, whose steps have no numbers there): permits all of its peers or none. */
export function createCreatePermission({ conf, policies, counters }: CreatePermissionDeps) {
  return function createPermission(request: Request, allocation: Allocation): Response {
    // 1. At least one XOR-PEER-ADDRESS, none of them malformed. Their ports are ignored.
    const peers = peersOf(request.message);
    if (peers === undefined || peers.length === 0) return Response.error(request, 400);
    const addresses = peers.map(({ address }) => canonical(address));
    // 2. Each of the relayed transport address's family, else 443.
    if (addresses.some(({ family }) => family !== allocation.relay.family)) {
      return Response.error(request, 443);
    }
    const policy = policyFor(allocation.user, policies);
    // 3. Each allowed by the peer policy, else 403. Where the port matters, each packet is checked again.
    if (!addresses.every((address) => policy.permits(address))) {
      counters.denials.peer++;
      return Response.error(request, 403);
    }
    // 4. Capacity, else 508.
    if (!allocation.peers.hasRoomFor(addresses)) {
      counters.denials.bounds++;
      return Response.error(request, 508);
    }
    // 5. Install the permissions or refresh them.
    const expiresAt = request.now + conf.permissionLifetime * 1000;
    for (const address of addresses) allocation.peers.permit(address, policy.locate(address), expiresAt);
    // 6. A success response without attributes.
    return Response.success(request);
  };
}
