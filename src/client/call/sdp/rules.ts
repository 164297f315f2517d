import { isRelayed, withoutAddresses, withoutRelated } from '../privacy/addresses.ts';

/** What this side changes in descriptions, and leaves out of candidates, on their way out and in. */
export interface SdpRules {
  readonly outgoing: (sdp: string) => string;
  readonly incoming: (sdp: string) => string;
  /**
   * Returns a candidate of this side as it may leave it; undefined: it may not.
   * @param candidate the value of its candidate attribute (RFC 8839, 5.1)
   */
  readonly ownCandidate: (candidate: string) => string | undefined;
  /** Whether a candidate of the peer may be used. */
  readonly mayUse: (candidate: string) => boolean;
}

interface RulesDeps {
  /** Whether no address of this side may be told. */
  readonly hidesOwn: () => boolean;
  /** Whether no address of the peers may be used but those of relays. */
  readonly dropsTheirs: () => boolean;
}

export function createSdpRules({ hidesOwn, dropsTheirs }: RulesDeps): SdpRules {
  return {
    outgoing: (sdp) => (hidesOwn() ? withoutAddresses(sdp) : sdp),
    incoming: (sdp) => (dropsTheirs() ? withoutAddresses(sdp) : sdp),
    ownCandidate(candidate) {
      if (!hidesOwn()) return candidate;
      return isRelayed(candidate) ? withoutRelated(candidate) : undefined;
    },
    mayUse: (candidate) => !dropsTheirs() || isRelayed(candidate),
  };
}
