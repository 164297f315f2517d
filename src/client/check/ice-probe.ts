import type { Clock } from '../signaling/clock.ts';
import type { ConnectionCheckReason } from './check-types.ts';

/** What a probe found. */
export type Finding =
  | { readonly status: 'ok'; readonly ms: number }
  | { readonly status: 'failed' | 'skipped'; readonly reason: ConnectionCheckReason };

/** The browser gives up on a STUN server that doesn't answer after several seconds. Sooner, it had an answer. */
const STUN_ANSWER_MS = 3_000;

/** STUN error codes of a relay that has no place (RFC 8656, 18.13). */
const FULL: ReadonlySet<number> = new Set([486, 508]);
/** The browser's own code for a server that it can't reach (WebRTC, 4.8.2). */
const UNREACHABLE = 701;

interface IceProbeDeps {
  readonly peer: RTCPeerConnection;
  /** The kind of candidate that proves an answer of the server: `srflx` of STUN, `relay` of TURN. */
  readonly proof: 'srflx' | 'relay';
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Whether a STUN or TURN server answers: gathers candidates, without a call. Closes the connection. */
export function probeIce({ peer, proof, clock, timeoutMs }: IceProbeDeps): Promise<Finding> {
  const begun = clock.now();
  const elapsed = () => clock.now() - begun;
  let hosts = 0;
  let errorCode = 0;
  return new Promise<Finding>((resolve) => {
    const end = (finding: Finding): void => {
      cancel();
      peer.onicecandidate = null;
      peer.onicecandidateerror = null;
      peer.close();
      resolve(finding);
    };
    const endAll = (): void => {
      // Without a router in between, the address that STUN tells is the machine's own, and browsers don't repeat it.
      const isDirect = proof === 'srflx' && hosts > 0 && errorCode === 0 && elapsed() < STUN_ANSWER_MS;
      end(isDirect ? { status: 'ok', ms: elapsed() } : { status: 'failed', reason: reasonOf(errorCode) });
    };
    const cancel = clock.after(timeoutMs, () => end({ status: 'failed', reason: 'timeout' }));
    peer.onicecandidate = ({ candidate }) => {
      if (candidate === null) return endAll();
      const type = / typ (\w+)/.exec(candidate.candidate)?.[1];
      if (type === 'host') hosts++;
      if (type === proof) end({ status: 'ok', ms: elapsed() });
    };
    // One per network interface, so an error isn't the end.
    peer.onicecandidateerror = (event) => {
      errorCode = event.errorCode;
    };
    peer.createDataChannel('probe');
    peer.setLocalDescription().catch(() => end({ status: 'failed', reason: 'unsupported' }));
  });
}

function reasonOf(errorCode: number): ConnectionCheckReason {
  if (FULL.has(errorCode)) return 'busy';
  return errorCode === 0 || errorCode === UNREACHABLE ? 'unreachable' : 'refused';
}
