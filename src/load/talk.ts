import type { ServerMessage } from '../client/signaling/frames.ts';
import type { MessageKind } from './accounting.ts';
import type { PeerWiring } from './calls.ts';
import { codeOf, countError, isAnswerLost } from './run.ts';

/** Sends what one peer tells its whole room. */
export interface Talk {
  /** Starts or stops speaking or typing, or turns the camera on or off. @param dueAt milliseconds, monotonic */
  say(dueAt: number): void;
  /** Handles such a message from another peer. Returns false for any other message. */
  receive(message: ServerMessage): boolean;
}

type TalkKind = 'speaking' | 'typing' | 'media';

/** Five in ten are speaking, three typing, two the camera. */
const CHOICE: readonly TalkKind[] = [
  'speaking',
  'speaking',
  'speaking',
  'speaking',
  'speaking',
  'typing',
  'typing',
  'typing',
  'media',
  'media',
];

export function createTalk({ run, random, self, view, viewAt, isInside, request }: PeerWiring): Talk {
  const { broadcasts, clock, latencies } = run;
  /** Each kind goes on and off in turn, so that a lost or duplicated message shows. */
  const isOn: Record<TalkKind, boolean> = { speaking: false, typing: false, media: false };
  /** One message at a time: the next waits for the server's answer, and the wait counts as latency. */
  let last: Promise<void> = Promise.resolve();

  const tell = async (kind: TalkKind, dueAt: number): Promise<void> => {
    const on = !isOn[kind];
    const broadcast = broadcasts.start(self(), view(), kind, String(on), dueAt);
    try {
      const answer = await ask(kind, on);
      isOn[kind] = on;
      broadcasts.markAccepted(broadcast, viewAt(answer));
    } catch (thrown) {
      if (isAnswerLost(thrown)) broadcasts.markUncertain(broadcast);
      else broadcasts.withdraw(broadcast);
      if (codeOf(thrown) !== 'closed') countError(run, thrown);
    }
  };

  const ask = (kind: TalkKind, on: boolean): Promise<ServerMessage> => {
    if (kind === 'speaking') return request('speaking', { speaking: on });
    if (kind === 'typing') return request('typing', { typing: on });
    return request('media:state', { audio: true, video: on, screen: false });
  };

  const arrived = (kind: MessageKind, from: string, on: boolean): true => {
    if (from === self()) return true;
    const delivery = broadcasts.addReceived(from, self(), kind, String(on));
    if (delivery !== undefined) latencies.record(kind, clock.monotonic() - delivery.intendedAt);
    return true;
  };

  return {
    say(dueAt) {
      const kind = CHOICE[Math.floor(random() * CHOICE.length)] ?? 'speaking';
      last = last.then(() => (isInside() && view().size > 0 ? tell(kind, dueAt) : undefined));
    },

    receive(message) {
      if (message.event === 'peer:speaking')
        return arrived('speaking', message.payload.peerId, message.payload.speaking);
      if (message.event === 'peer:typing')
        return arrived('typing', message.payload.peerId, message.payload.typing);
      if (message.event === 'peer:media')
        return arrived('media', message.payload.peerId, message.payload.video);
      return false;
    },
  };
}
