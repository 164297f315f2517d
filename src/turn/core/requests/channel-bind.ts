import { canonical } from '../../codec/addresses.ts';
import { ATTRIBUTE } from '../../codec/attributes.ts';
import { isChannelNumber } from '../../codec/channel-data.ts';
import type { StunMessage } from '../../codec/message.ts';
import type { TransportAddress } from '../../codec/xor-address.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { Allocation } from '../allocations/allocation.ts';
import type { Counters } from '../stats.ts';
import { type Policies, policyFor } from '../traffic/test-policy.ts';
import { peersOf, type Request, uint32Of } from './request.ts';
import { Response } from './response.ts';

export interface ChannelBindDeps {
  conf: Pick<RelayConf, 'permissionLifetime' | 'channelLifetime'>;
  policies: Policies;
  counters: Counters;
}

/** The ChannelBind request (RFC 8656 §12.2, whose steps have no numbers there). */
export function createChannelBind({ conf, policies, counters }: ChannelBindDeps) {
  return function channelBind(request: Request, allocation: Allocation): Response {
    // 1. CHANNEL-NUMBER, in the range of channels, and one XOR-PEER-ADDRESS, else 400.
    const requested = requestedBinding(request.message);
    if (requested === undefined) return Response.error(request, 400);
    const { number, peer } = requested;
    const { address, port } = peer;
    const { peers, relay } = allocation;
    // 2. The peer is of the relayed transport address's family, else 443.
    if (address.family !== relay.family) return Response.error(request, 443);
    const policy = policyFor(allocation.user, policies);
    // 3. The peer policy allows it, port included, else 403.
    if (policy.route(address, port) === 'denied') {
      counters.denials.peer++;
      return Response.error(request, 403);
    }
    if (port === 0) return Response.error(request, 400);
    // 4. The number isn't bound to another peer, nor the peer to another number, else 400.
    const bound = peers.channel(number);
    if (bound !== peers.channelTo(address.text, port)) return Response.error(request, 400);
    // 5. Capacity, else 508.
    if ((bound === undefined && !peers.hasRoomForChannel) || !peers.hasRoomFor([address])) {
      counters.denials.bounds++;
      return Response.error(request, 508);
    }
    // 6. Install the binding and the peer's permission, or refresh them.
    const permissionExpiresAt = request.now + conf.permissionLifetime * 1000;
    const permission = peers.permit(address, policy.locate(address), permissionExpiresAt);
    peers.bind(number, peer, permission, request.now + conf.channelLifetime * 1000);
    // 7. A success response without attributes.
    return Response.success(request);
  };
}

/** Returns undefined if an attribute is missing, malformed or out of range. */
function requestedBinding(message: StunMessage): { number: number; peer: TransportAddress } | undefined {
  // CHANNEL-NUMBER has the number in its upper half; the lower half is reserved (RFC 8656 §18.1).
  const attribute = uint32Of(message, ATTRIBUTE.channelNumber);
  if (attribute === undefined || attribute === 'malformed') return undefined;
  const number = attribute >>> 16;
  const [peer, ...others] = peersOf(message) ?? [];
  if (peer === undefined || others.length > 0 || !isChannelNumber(number)) return undefined;
  return { number, peer: { address: canonical(peer.address), port: peer.port } };
}
