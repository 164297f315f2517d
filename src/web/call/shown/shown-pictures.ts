import { effect } from '@preact/signals';
import type { PictureKind, RemotePeer } from '../../../client/index.ts';
import { screenKey } from '../arrange.ts';
import type { CallModel } from '../call-model.ts';
import type { ViewSettings } from '../view-settings.ts';

/** Measures a picture in a tile, and has its peer send it as large as it is shown; the returned function ends it. */
export type MeasurePicture = (video: HTMLVideoElement) => () => void;

/** @param key of the person whose picture it is */
export function measurePicture(
  call: Pick<CallModel, 'peers'>,
  key: string,
  kind: PictureKind,
): MeasurePicture {
  return (video) =>
    call
      .peers()
      .find((peer) => peer.key === key)
      ?.measure(kind, video) ?? (() => {});
}

interface First {
  readonly peer: RemotePeer;
  readonly kind: PictureKind;
}

/**
 * Tells the peer whose picture this person looks at, the pinned one or else the speaker's, that it comes before the others.
 * @returns ends it
 */
export function tellFirst(
  call: Pick<CallModel, 'peers' | 'others' | 'speaker'>,
  { pinned }: Pick<ViewSettings, 'pinned'>,
): () => void {
  let told: First | undefined;
  return effect(() => {
    // A pinned tile may be gone; the people of the call say so.
    const keys = new Set(call.others.value.map(({ key }) => key));
    const peers = call.peers().filter(({ key }) => keys.has(key));
    const next = firstOf(peers, pinned.value, call.speaker.value);
    if (next?.peer === told?.peer && next?.kind === told?.kind) return;
    told?.peer.setShown(told.kind, null);
    // The tile says how large it is.
    next?.peer.setShown(next.kind, { height: 0, first: true });
    told = next;
  });
}

function firstOf(
  peers: readonly RemotePeer[],
  pinned: string | null,
  speaker: string | null,
): First | undefined {
  for (const peer of peers) {
    if (pinned === peer.key) return { peer, kind: 'camera' };
    if (pinned === screenKey(peer.key)) return { peer, kind: 'screen' };
  }
  const peer = peers.find(({ key }) => key === speaker);
  return peer && { peer, kind: 'camera' };
}
