import { socketAddress } from '../../codec/addresses.ts';
import { ATTRIBUTE } from '../../codec/attributes.ts';
import { unknownAttributes } from '../../codec/message.ts';
import type { Counters } from '../stats.ts';
import type { UnauthenticatedRequest } from './request.ts';
import { Response } from './response.ts';

interface BindingDeps {
  counters: Counters;
}

/** The Binding request (RFC 8489 §6.3.1): tells any client the address that it is seen at. Needs no credentials. */
export function createBinding({ counters }: BindingDeps) {
  return function binding(request: UnauthenticatedRequest): Response {
    const { message, path } = request;
    // 1. Unknown comprehension-required attributes: 420.
    const unknown = unknownAttributes(message);
    if (unknown.length > 0) return Response.unknownAttributes(request, unknown);
    // 2. XOR-MAPPED-ADDRESS: the source of the request.
    const address = socketAddress(path.address);
    if (address === undefined) return Response.error(request, 400);
    counters.bindings++;
    return Response.success(request).xorAddress(ATTRIBUTE.xorMappedAddress, address, path.port);
  };
}
