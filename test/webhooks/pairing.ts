/** A webhook event as a backend reads it. */
export interface ToldEvent {
  readonly type: string;
  readonly timestamp: string;
  // Tests compare what is said with what they expect, so no type is needed.
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a backend that believes its webhooks knows about a room. */
class Believed {
  readonly peers = new Map<unknown, number>();
  call: { readonly id: unknown; peak: number } | undefined;
  /** What must come next, if it isn't free. */
  due: 'call.started' | 'participant.joined' | undefined;

  get size(): number {
    return this.peers.size;
  }
}

export interface Beliefs {
  /** What is wrong, in sentences. */
  readonly faults: readonly string[];
  /** By room: who is inside, and the call that goes on. */
  readonly rooms: ReadonlyMap<unknown, { readonly peers: readonly unknown[]; readonly callId: unknown }>;
}

/** Reads events in the order of each room as a backend does that counts who is inside [CT5]. */
export function believe(events: readonly ToldEvent[]): Beliefs {
  const rooms = new Map<unknown, Believed>();
  const faults: string[] = [];
  events.forEach(({ type, timestamp, data }, index) => {
    const room = rooms.get(data['roomId']) ?? new Believed();
    rooms.set(data['roomId'], room);
    const fail = (why: string) => void faults.push(`event ${index}, ${type} ${JSON.stringify(data)}: ${why}`);
    if (room.due !== undefined && room.due !== type) fail(`${room.due} was due`);
    room.due = undefined;
    const at = Date.parse(timestamp);
    if (type === 'participant.joined') join(room, at, data, fail);
    if (type === 'participant.left') leave(room, at, data, fail);
    if (type === 'call.started') startCall(room, data, fail);
    if (type === 'call.ended') endCall(room, data, fail);
    if (type === 'room.closed' && (room.size > 0 || room.call !== undefined))
      fail('not everything ended before');
    if (type.startsWith('participant.') || type.startsWith('call.')) {
      if (data['participants'] !== room.size) fail(`${room.size} are inside`);
    }
  });
  for (const [roomId, { due, call, size }] of rooms) {
    if (due !== undefined) faults.push(`room ${roomId}: ${due} never came`);
    if ((call !== undefined) !== size >= 2) faults.push(`room ${roomId}: ${size} inside, call ${call?.id}`);
  }
  const state = [...rooms].map(
    ([roomId, { peers, call }]) => [roomId, { peers: [...peers.keys()], callId: call?.id }] as const,
  );
  return { faults, rooms: new Map(state) };
}

type Data = ToldEvent['data'];
type Fail = (why: string) => void;

function join(room: Believed, at: number, { peerId }: Data, fail: Fail): void {
  if (room.peers.has(peerId)) fail('is inside already');
  room.peers.set(peerId, at);
  if (room.call !== undefined) room.call.peak = Math.max(room.call.peak, room.size);
  else if (room.size >= 2) room.due = 'call.started';
}

function leave(room: Believed, at: number, { peerId, reason, seconds }: Data, fail: Fail): void {
  const since = room.peers.get(peerId);
  if (since === undefined) {
    fail('never joined');
    return;
  }
  room.peers.delete(peerId);
  if (reason === 'replaced') room.due = 'participant.joined';
  const most = Math.round((at - since) / 1_000);
  // Whom a crash put out has left before it is told. Times are read one after the other, so they may round up or down.
  const least = reason === 'timeout' ? 0 : most - 1;
  const isRight = Number(seconds) >= least && Number(seconds) <= most + 1;
  if (!isRight) fail(`was inside for ${most} s`);
}

function startCall(room: Believed, { callId }: Data, fail: Fail): void {
  if (room.size < 2) fail('fewer than two are inside');
  if (room.call !== undefined) fail('a call goes on');
  room.call = { id: callId, peak: room.size };
}

function endCall(room: Believed, { callId, peak, durationSeconds }: Data, fail: Fail): void {
  if (room.size >= 2) fail('two are inside');
  if (room.call?.id !== callId) fail('this call does not go on');
  if (room.call?.peak !== peak) fail(`most inside at once were ${room.call?.peak}`);
  if (!(Number(durationSeconds) >= 0)) fail('ended before it started');
  room.call = undefined;
}
