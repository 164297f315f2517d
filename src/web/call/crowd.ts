import { type ReadonlySignal, signal } from '@preact/signals';
import type { Call, RemotePeer } from '../../client/index.ts';
import { createAnswerTimeouts } from './answer-timeouts.ts';
import type { Notices } from './notices.ts';
import { nameOf, type PersonView, personOf } from './people.ts';
import { nextSpeaker } from './view-settings.ts';

/** The others in the call, as their tiles show them. */
export interface Crowd {
  readonly others: ReadonlySignal<readonly PersonView[]>;
  /** Key of whoever speaks, or spoke last; null while nobody else is inside. */
  readonly speaker: ReadonlySignal<string | null>;
  /** This person's peer id. Changes if the session could not be resumed. */
  readonly selfId: ReadonlySignal<string>;
  /** Reads everything anew. */
  refresh(): void;
  close(): void;
}

interface CrowdOptions {
  readonly call: Call;
  readonly notices: Notices;
  readonly announce: (what: { readonly kind: 'muted' | 'unmuted'; readonly name: string }) => void;
}

/** Follows everybody who is, comes and goes, and says who joined, left, shares a screen or is muted. */
export function watchCrowd({ call, notices, announce }: CrowdOptions): Crowd {
  const others = signal<readonly PersonView[]>([]);
  const selfId = signal(call.peerId);
  const speaker = signal<string | null>(null);
  const subscriptions = new Map<RemotePeer, (() => void)[]>();
  const answerTimeouts = createAnswerTimeouts<RemotePeer>(() => refresh());

  const refresh = () => {
    others.value = [...call.peers.values()].map((peer) =>
      personOf(peer, answerTimeouts.hasExpired(peer), call.room.ownerId),
    );
    selfId.value = call.peerId;
    speaker.value = nextSpeaker(speaker.peek(), others.value);
  };

  function subscribeTo(peer: RemotePeer): void {
    if (subscriptions.has(peer)) return;
    let unmuted = peer.media.audio;
    let screen = peer.screen !== null;
    answerTimeouts.setWaiting(peer, peer.connectionState === 'connecting');
    subscriptions.set(peer, [
      peer.on('speaking', refresh),
      peer.on('state', refresh),
      peer.on('rights', refresh),
      peer.on('hand', refresh),
      peer.on('profile', refresh),
      peer.on('held', refresh),
      peer.on('quality', refresh),
      peer.on('connection', (state) => {
        answerTimeouts.setWaiting(peer, state === 'connecting');
        refresh();
      }),
      peer.on('media', ({ audio }) => {
        if (audio !== unmuted) announce({ kind: audio ? 'unmuted' : 'muted', name: nameOf(peer) });
        unmuted = audio;
        refresh();
      }),
      peer.on('track', (kind, track) => {
        if (kind === 'screen' && track !== null && !screen) notices.show('sharesScreen', nameOf(peer));
        if (kind === 'screen') screen = track !== null;
        refresh();
      }),
    ]);
  }

  function unsubscribeFrom(peer: RemotePeer): void {
    for (const off of subscriptions.get(peer) ?? []) off();
    subscriptions.delete(peer);
    answerTimeouts.forget(peer);
  }

  for (const peer of call.peers.values()) subscribeTo(peer);
  refresh();

  const unsubscribes = [
    call.on('peer', (peer) => {
      if (!subscriptions.has(peer)) notices.show('joined', nameOf(peer));
      subscribeTo(peer);
      refresh();
    }),
    call.on('peerleft', (peer) => {
      unsubscribeFrom(peer);
      notices.show('left', nameOf(peer));
      refresh();
    }),
  ];

  return {
    others,
    speaker,
    selfId,
    refresh,
    close() {
      for (const off of unsubscribes) off();
      for (const peer of [...subscriptions.keys()]) unsubscribeFrom(peer);
      answerTimeouts.close();
    },
  };
}
