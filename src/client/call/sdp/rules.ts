/** What this side changes in descriptions, and leaves out of candidates, on their way out and in. */
export interface SdpRules {
  readonly outgoing: (sdp: string) => string;
  readonly incoming: (sdp: string) => string;
  /** Whether a candidate of this side may leave it. @param candidate the value of its candidate attribute (RFC 8839, 5.1) */
  readonly maySend: (candidate: string) => boolean;
  /** Whether a candidate of the peer may be used. */
  readonly mayUse: (candidate: string) => boolean;
}

export function createSdpRules(): SdpRules {
  return {
    outgoing: (sdp) => sdp,
    incoming: (sdp) => sdp,
    maySend: () => true,
    mayUse: () => true,
  };
}
