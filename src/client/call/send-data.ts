import { ParleyClientError } from '../errors.ts';
import type { PeerRef, SendOptions } from '../types.ts';
import { writeData } from './data-frames.ts';
import { asClientError } from './end-reasons.ts';
import type { Remote } from './remote.ts';

interface SendDeps {
  /** The others, by peer id. */
  readonly peers: ReadonlyMap<string, Pick<Remote, 'sendData'>>;
  readonly isOver: () => boolean;
}

/** As `Messenger.send`. */
export async function sendData(
  { peers, isOver }: SendDeps,
  topic: string,
  data: unknown,
  { to, signal }: SendOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  if (isOver()) throw over();
  const frame = writeData(topic, data);
  const targets = to === undefined ? [...peers.keys()] : [...new Set(list(to).map(idOf))];
  const outcomes = await Promise.allSettled(
    targets.map(async (peerId) => {
      const peer = peers.get(peerId);
      if (peer === undefined) throw new ParleyClientError('peer_gone', 'It is not in the call.');
      await peer.sendData(frame, signal);
    }),
  );
  signal?.throwIfAborted();
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected'
      ? [{ peerId: targets[index] ?? '', error: asClientError(outcome.reason) }]
      : [],
  );
  const [first] = failures;
  if (first === undefined) return;
  if (isOver()) throw over();
  const peerIds = failures.map(({ peerId }) => peerId);
  throw new ParleyClientError(
    first.error.code,
    `The message did not reach ${peerIds.join(', ')}: ${first.error.message}`,
    {
      peerIds,
      cause: failures.length === 1 ? first.error : new AggregateError(failures.map(({ error }) => error)),
    },
  );
}

function list(to: PeerRef | readonly PeerRef[]): readonly PeerRef[] {
  return isList(to) ? to : [to];
}

function isList(to: PeerRef | readonly PeerRef[]): to is readonly PeerRef[] {
  return Array.isArray(to);
}

function idOf(peer: PeerRef): string {
  return typeof peer === 'string' ? peer : peer.peerId;
}

function over(): ParleyClientError {
  return new ParleyClientError('closed', 'The call is over; join again first.');
}
