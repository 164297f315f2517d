import type { PeerId } from '../../domain/ids.ts';
import { peerGone } from '../../domain/refusals.ts';
import type { CallPath } from '../../protocol/events.ts';
import type { CallEnd } from './call-end.ts';
import { callsOf, linkedPeer } from './links.ts';

/**
 * How the media of calls finds its way, as clients report it [CA8]. The server can't know: media doesn't pass through it. A
 * report stays with the call between two ends, and goes with it, so `CALL_COUNTERPARTS` bounds the reports of each end.
 */
export class CallPaths {
  readonly #outcomes: Record<CallPath, number> = { direct: 0, relayed: 0, failed: 0 };

  /**
   * Remembers what an end says of its call with a peer. The same path again changes nothing and isn't counted.
   * @throws ParleyError `peer_gone` if it has no call with this peer
   */
  report(end: CallEnd, peerId: string, path: CallPath): void {
    const other = linkedPeer(end, peerId);
    if (other === undefined) throw peerGone();
    const calls = callsOf(end);
    calls.paths ??= new Map<PeerId, CallPath>();
    if (calls.paths.get(other.peerId) === path) return;
    calls.paths.set(other.peerId, path);
    this.#outcomes[path] += 1;
  }

  /** Reports since the start, by path: each end of a call reports for itself, once and after each change. */
  get outcomes(): Readonly<Record<CallPath, number>> {
    return { ...this.#outcomes };
  }
}

/**
 * Returns how an end is connected to those it has calls with: `relayed` if any of these is, else `failed` if any is, else
 * `direct`; null if nobody has reported anything. If the end itself doesn't report, what the others say of it counts.
 */
export function pathOf({ peerId, calls }: CallEnd): CallPath | null {
  const paths = new Set((calls?.linked ?? []).map((other) => pathBetween(calls, other, peerId)));
  return (['relayed', 'failed', 'direct'] as const).find((path) => paths.has(path)) ?? null;
}

function pathBetween(calls: CallEnd['calls'], other: CallEnd, peerId: PeerId): CallPath | undefined {
  return calls?.paths?.get(other.peerId) ?? other.calls?.paths?.get(peerId);
}
