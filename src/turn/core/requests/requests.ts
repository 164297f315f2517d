import { canonical } from '../../codec/addresses.ts';
import { ATTRIBUTE, METHOD } from '../../codec/attributes.ts';
import { isChannelNumber } from '../../codec/channel-data.ts';
import type { TransportAddress } from '../../codec/xor-address.ts';
import type { RelayConf } from '../../conf/relay-conf.ts';
import type { Allocation } from '../allocations/allocation.ts';
import type { Allocations } from '../allocations/allocations.ts';
import type { Counters } from '../stats.ts';
import type { PeerPolicy } from '../traffic/peer-policy.ts';
import { askedFamily, lifetimeOf } from './allocate.ts';
import { DONE, type Outcome, peersOf, type Request, uint32Of } from './request.ts';

interface RequestDeps {
  conf: Pick<RelayConf, 'maxAllocateLifetime' | 'permissionLifetime' | 'channelLifetime'>;
  allocations: Allocations;
  policy: PeerPolicy;
  counters: Counters;
}

/** The requests on an allocation that exists. */
export function createRequests({ conf, allocations, policy, counters }: RequestDeps) {
  /** RFC 8656 §8.2. */
  function refresh(request: Request, allocation: Allocation): Outcome {
    const family = uint32Of(request.message, ATTRIBUTE.requestedAddressFamily);
    if (family === 'malformed') return 400;
    if (family !== undefined && askedFamily(family) !== allocation.relay.family) return 443;
    const asked = uint32Of(request.message, ATTRIBUTE.lifetime);
    if (asked === 0) {
      allocations.end(allocation);
      return (answer) => answer.uint32(ATTRIBUTE.lifetime, 0);
    }
    const lifetime = lifetimeOf(request.message, conf.maxAllocateLifetime);
    if (lifetime === 'malformed') return 400;
    allocation.expiresAt = request.now + lifetime * 1000;
    return (answer) => answer.uint32(ATTRIBUTE.lifetime, lifetime);
  }

  /** Each peer under the address that a packet really goes to, or why it can't be one. */
  function acceptable(
    peers: readonly TransportAddress[],
    allocation: Allocation,
    isAllowed: (peer: TransportAddress) => boolean,
  ): TransportAddress[] | 403 | 443 {
    const canon = peers.map(({ address, port }) => ({ address: canonical(address), port }));
    if (canon.some(({ address }) => address.family !== allocation.relay.family)) return 443;
    if (canon.every(isAllowed)) return canon;
    counters.denials.peer++;
    return 403;
  }

  function noRoom(): 508 {
    counters.denials.bounds++;
    return 508;
  }

  /** RFC 8656 §10.2: all of the peers or none. */
  function createPermission({ message, now }: Request, allocation: Allocation): Outcome {
    const given = peersOf(message);
    if (given === undefined || given.length === 0) return 400;
    // Their ports are ignored (§10.2); where they matter, each packet's is judged.
    const peers = acceptable(given, allocation, ({ address }) => policy.permits(address));
    if (typeof peers === 'number') return peers;
    if (!allocation.peers.hasRoomFor(peers.map(({ address }) => address))) return noRoom();
    const expiresAt = now + conf.permissionLifetime * 1000;
    for (const { address } of peers) allocation.peers.permit(address, policy.home(address), expiresAt);
    return DONE;
  }

  /** RFC 8656 §12.2. */
  function channelBind({ message, now }: Request, allocation: Allocation): Outcome {
    // CHANNEL-NUMBER: the number in the upper half, the lower one reserved (§18.1).
    const attribute = uint32Of(message, ATTRIBUTE.channelNumber);
    const given = peersOf(message);
    if (attribute === undefined || attribute === 'malformed' || given?.length !== 1) return 400;
    const number = attribute >>> 16;
    if (!isChannelNumber(number)) return 400;
    const peers = acceptable(
      given,
      allocation,
      ({ address, port }) => policy.route(address, port) !== 'denied',
    );
    if (typeof peers === 'number') return peers;
    const [peer] = peers;
    if (peer === undefined || peer.port === 0) return 400;
    // A number is bound to one peer and a peer to one number, until they expire.
    const byNumber = allocation.peers.channel(number);
    if (byNumber !== allocation.peers.channelTo(peer.address.text, peer.port)) return 400;
    const { address } = peer;
    if (byNumber === undefined && !allocation.peers.hasRoomForChannel) return noRoom();
    if (!allocation.peers.hasRoomFor([address])) return noRoom();
    // The binding installs or refreshes the permission too.
    const permission = allocation.peers.permit(
      address,
      policy.home(address),
      now + conf.permissionLifetime * 1000,
    );
    allocation.peers.bind(number, peer, permission, now + conf.channelLifetime * 1000);
    return DONE;
  }

  const handlers = new Map([
    [METHOD.refresh as number, refresh],
    [METHOD.createPermission, createPermission],
    [METHOD.channelBind, channelBind],
  ]);

  return function handle(request: Request): Outcome {
    const { allocation } = request.path;
    if (allocation === undefined) return 437;
    // RFC 8656 §5: whoever made the allocation, and nobody else.
    if (allocation.user.name !== request.user.name) return 441;
    return handlers.get(request.message.method)?.(request, allocation) ?? 400;
  };
}
