import type { PictureKind } from '../media-types.ts';
import type { RemotePeer, TrackKind } from '../types.ts';

const KINDS: readonly TrackKind[] = ['microphone', 'camera', 'screen', 'screenAudio'];

/** What plays needs of a peer. */
type Played = Pick<RemotePeer, 'on' | 'measure'> & { readonly [Kind in TrackKind]: MediaStreamTrack | null };

/**
 * Plays a peer's tracks inside an element, one media element each: `data-kind` says which. It keeps up with them until the
 * returned function is called.
 */
export function attachTracks(peer: Played, element: HTMLElement): () => void {
  const players = new Map<TrackKind, HTMLMediaElement>();
  const measures = new Map<TrackKind, () => void>();

  function show(kind: TrackKind, track: MediaStreamTrack | null): void {
    const stop = measures.get(kind);
    measures.delete(kind);
    players.get(kind)?.remove();
    players.delete(kind);
    // An empty <video> would be a black box.
    if (track !== null) {
      const player = play(element, kind, track);
      players.set(kind, player);
      if (isPicture(kind) && isVideo(player)) measures.set(kind, peer.measure(kind, player));
    }
    // Later than the next one begins: it takes over from this one.
    stop?.();
  }

  for (const kind of KINDS) show(kind, peer[kind]);
  const off = peer.on('track', show);
  return () => {
    off();
    for (const kind of KINDS) show(kind, null);
  };
}

function isPicture(kind: TrackKind): kind is PictureKind {
  return kind === 'camera' || kind === 'screen';
}

function isVideo(player: HTMLMediaElement): player is HTMLVideoElement {
  return player.tagName === 'VIDEO';
}

/** Plays one track at the end of an element. @param muted for one's own microphone, which nobody wants to hear */
export function play(
  element: HTMLElement,
  kind: TrackKind,
  track: MediaStreamTrack,
  muted = false,
): HTMLMediaElement {
  const { ownerDocument } = element;
  const player = ownerDocument.createElement(track.kind === 'video' ? 'video' : 'audio');
  player.dataset['kind'] = kind;
  player.autoplay = true;
  player.muted = muted;
  // Without it, iPhones open a picture in full screen.
  player.setAttribute('playsinline', '');
  player.srcObject = new MediaStream([track]);
  element.append(player);
  player.play().catch(() => playAtNextGesture(player));
  return player;
}

/** A browser that refuses sound before the person has touched the page plays it from then on. */
function playAtNextGesture(player: HTMLMediaElement): void {
  const { ownerDocument } = player;
  const events = ['pointerdown', 'keydown'] as const;
  const retry = (): void => {
    for (const event of events) ownerDocument.removeEventListener(event, retry);
    if (player.isConnected) player.play().catch(() => playAtNextGesture(player));
  };
  if (player.isConnected) for (const event of events) ownerDocument.addEventListener(event, retry);
}
