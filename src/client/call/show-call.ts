import type { Call, RemotePeer } from '../types.ts';
import { play } from './player.ts';

/**
 * Shows a call in an element: a `<figure>` with a name for each, one's own first. The page's style sheet says how they look, by
 * the classes `parley-self` and `parley-peer`.
 * @returns takes everything out again
 */
export function showCall(call: Call, element: HTMLElement, camera: MediaStreamTrack | null): () => void {
  const tiles = new Map<RemotePeer, HTMLElement>();

  function add(className: string, name: string | null): HTMLElement {
    const tile = element.ownerDocument.createElement('figure');
    tile.className = className;
    const caption = element.ownerDocument.createElement('figcaption');
    caption.textContent = name;
    tile.append(caption);
    element.append(tile);
    return tile;
  }

  function show(peer: RemotePeer): void {
    const tile = add('parley-peer', peer.displayName);
    tiles.set(peer, tile);
    peer.attach(tile);
    peer.on('profile', ({ displayName }) => {
      const caption = tile.querySelector('figcaption');
      if (caption !== null) caption.textContent = displayName;
    });
  }

  const self = camera === null ? undefined : add('parley-self', null);
  if (self !== undefined && camera !== null) play(self, 'camera', camera, true);
  for (const peer of call.peers.values()) show(peer);
  const offs = [
    call.on('peer', show),
    call.on('activespeaker', (speaker) => {
      for (const peer of tiles.keys())
        peer.setShown('camera', peer === speaker ? { height: 0, first: true } : null);
    }),
    call.on('peerleft', (peer) => {
      tiles.get(peer)?.remove();
      tiles.delete(peer);
    }),
  ];
  return () => {
    for (const off of offs) off();
    for (const tile of tiles.values()) tile.remove();
    self?.remove();
  };
}
