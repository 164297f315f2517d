import { CREDENTIAL } from './room-fuzz-world.ts';

/** What somebody who waits may be sent [KN1]. */
const TOLD_WHILE_WAITING = new Set([
  'welcome',
  'knock:waiting',
  'ack',
  'error',
  'pong',
  'room:left',
  'session:token',
]);

/** @returns the id that the server must answer exactly once; undefined if it is none that a frame must have */
export function idToAnswer(frame: string, lastId: number): number | undefined {
  const read = parse(frame);
  const { id, event } = read;
  if (typeof event !== 'string' || event.length > 64 || event === 'session:bye' || event === 'session:ack')
    return undefined;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= lastId) return undefined;
  // The server and JSON.parse may disagree on which of two counts.
  return frame.split('"id"').length === 2 && frame.split('"event"').length === 2 ? id : undefined;
}

/** @returns the events of the frames that answer this id */
export function answersTo(id: number, frames: readonly string[]): string[] {
  return frames.map(parse).flatMap(({ re, event }) => (re === id ? [String(event)] : []));
}

/** @param others peer ids @returns what somebody who waits may not know but reads here, if anything */
export function leaksTo(name: string, others: readonly string[], text: string): string | undefined {
  const event = String(parse(text)['event']);
  if (!TOLD_WHILE_WAITING.has(event)) return `a ${event}`;
  if (text.includes(CREDENTIAL)) return 'TURN credentials';
  // An error may quote what its own receiver sent.
  if (event === 'error') return undefined;
  if (text.includes('v=0') || text.includes('candidate:')) return 'a description or candidate';
  if (others.some((peerId) => text.includes(peerId))) return 'a peer';
  return text.match(/user-\d+/g)?.find((other) => other !== name);
}

/** @returns the event of what the server sent, and the ids in it that clients can name */
export function namesIn(text: string): { event: string; message?: string; knock?: string } {
  const event = /"event":"([a-z:_]+)"/.exec(text)?.[1] ?? '';
  const message = event === 'chat' ? /"id":"([\w-]+)"/.exec(text)?.[1] : undefined;
  const knock = event === 'knock:waiting' ? /"knockId":"([\w-]+)"/.exec(text)?.[1] : undefined;
  return {
    event,
    ...(message === undefined ? {} : { message }),
    ...(knock === undefined ? {} : { knock }),
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? { ...read } : {};
  } catch {
    return {};
  }
}
