import { effect } from '@preact/signals';
import type { CallEvent } from '../../embed/messages.ts';
import type { CallModel } from '../call/call-model.ts';
import type { Failure } from '../failure.ts';
import { isHeard } from '../media/devices.ts';
import type { RoomModel } from '../room-model-types.ts';

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

/** What a developer of the site can do about a refusal. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'unauthorized',
    'The server refused the token: set `token` to a fresh one, signed with the secret that the server knows.',
  ],
  ['token_expired', 'The token has expired: set `token` to a fresh one when `tokenneeded` asks for it.'],
  ['forbidden', 'The token is for another room, or its user was put out: mint another one.'],
  [
    'room_not_found',
    'There is no such call, or not any more: check `room`, and make rooms that last `persistent`.',
  ],
  ['guests_off', 'The server lets no guests in: set `token` to one for this user.'],
  [
    'password_required',
    'The call has a password, which the page asks for. A token for this room needs none.',
  ],
  ['room_full', 'The call is full: raise `max` of the room, or wait.'],
  ['room_locked', 'The call is locked: a host has to unlock it.'],
  ['room_not_open', 'The call is closed at this time: see `notBefore` and `expiresAt` of the room.'],
  ['banned', 'This user is banned from the call: lift the ban first.'],
  ['rate_limited', 'Too many tries: wait, then open the call again.'],
  ['network', 'The server cannot be reached: check `url`, and that the server runs.'],
]);

/** The sentence is for the site's developer; what the person reads is in the page. */
export function errorOf(code: string): CallEvent {
  const message = ADVICE.get(code) ?? `The call can't be joined: ${code}.`;
  return { type: 'error', code, message };
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
