import type { User } from '../allocations/allocation.ts';
import type { PeerPolicy } from './peer-policy.ts';

type UserPolicy = Omit<PeerPolicy, 'setAddresses'>;

/** Which policy decides for whom. */
export interface Policies {
  readonly users: UserPolicy;
  /** For those with test credentials. */
  readonly tests: UserPolicy;
}

/** Returns the policy by which the user's permissions are installed. */
export function policyFor({ testEndsAt }: User, policies: Policies): UserPolicy {
  return testEndsAt === undefined ? policies.users : policies.tests;
}

/**
 * The policy of test credentials: no peer but this relay's own ports. Of those, `Forwarder` lets them reach only the other
 * allocations of the same credentials, so that strangers can test the relay and reach nothing by it.
 */
export function createTestPolicy(policy: UserPolicy): UserPolicy {
  return {
    permits: (address) => policy.locate(address) === 'relay' && policy.permits(address),
    route: (address, port) => (policy.route(address, port) === 'inside' ? 'inside' : 'denied'),
    locate: () => 'same_user',
  };
}
