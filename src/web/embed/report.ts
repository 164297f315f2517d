import { effect } from '@preact/signals';
import type { CallEvent } from '../../embed/messages.ts';
import type { CallModel } from '../call/call-model.ts';
import type { Failure } from '../failure.ts';
import { isHeard } from '../media/devices.ts';
import type { RoomModel } from '../room-model.ts';

/** Tells the site what happens in a visit to a call, each thing once. Returns a function that ends it. */
export function reportVisit(
  { phase }: Pick<RoomModel, 'phase'>,
  tell: (event: CallEvent) => void,
): () => void {
  let inside: CallModel | null = null;
  let stopCall = () => {};
  let failed: Failure | null = null;
  return closing(
    effect(() => {
      const now = phase.value;
      const failure = now.at === 'failed' || now.at === 'lobby' ? now.failure : null;
      if (failure !== null && failure !== failed) tell(errorOf(failure.code));
      failed = failure;
      if (now.at === 'call' && now.call !== inside) {
        stopCall();
        inside = now.call;
        const { peerId } = inside.self.peek();
        tell({ type: 'joined', roomId: now.room.id, peerId });
        stopCall = reportCall(inside, tell);
      }
      if (now.at === 'ended') {
        stopCall();
        if (inside !== null) tell({ type: 'left', reason: now.reason });
        inside = null;
      }
    }),
    () => stopCall(),
  );
}

/** The sentence is for the site's developer; what the person reads is in the page. */
export function errorOf(code: string): CallEvent {
  return { type: 'error', code, message: `The call can't be joined: ${code}.` };
}

function reportCall(call: CallModel, tell: (event: CallEvent) => void): () => void {
  const peers = new Map<string, string>();
  let media = '';
  const waiting = new Set<string>();
  return closing(
    effect(() => {
      const now = new Map(call.others.value.map(({ key, peerId, name }) => [key, { peerId, name }]));
      for (const [key, peerId] of [...peers]) {
        if (now.has(key)) continue;
        peers.delete(key);
        tell({ type: 'peerleft', peerId });
      }
      for (const [key, { peerId, name }] of now) {
        if (peers.has(key)) continue;
        peers.set(key, peerId);
        tell({ type: 'peerjoined', peerId, name });
      }
    }),
    effect(() => {
      const { camera, screen } = call.self.value;
      const state = {
        audio: isHeard(call.devices.microphone.value),
        video: camera !== null,
        screen: screen !== null,
      };
      const text = JSON.stringify(state);
      if (text === media) return;
      media = text;
      tell({ type: 'media', ...state });
    }),
    effect(() => {
      const knocks = call.hosting.knocks.value;
      for (const { knockId, displayName } of knocks) {
        if (!waiting.has(knockId)) tell({ type: 'knock', knockId, name: displayName ?? '' });
      }
      waiting.clear();
      for (const { knockId } of knocks) waiting.add(knockId);
    }),
  );
}

function closing(...offs: readonly (() => void)[]): () => void {
  return () => {
    for (const off of offs) off();
  };
}
