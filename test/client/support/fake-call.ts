import { vi } from 'vitest';
import type { RtcConstructor } from '../../../src/client/call/connection-factory.ts';
import { ConnectionFactory } from '../../../src/client/call/connection-factory.ts';
import type { Inside } from '../../../src/client/call/part.ts';
import { baseConfiguration } from '../../../src/client/call/paths.ts';
import { RoomCall } from '../../../src/client/call/room-call.ts';
import type { JoinOptions } from '../../../src/client/types.ts';
import { SEND_KINDS } from '../../../src/protocol/room-fields.ts';
import { PLAIN_ROOM } from '../../support/server/rooms.ts';
import { breakConnection, live, settled, USER, WELCOME, type Wire } from '../signaling/wire.ts';
import { NO_CODEC_SUPPORT } from './codecs.ts';

export const ROOM_ID = '00000000-0000-4000-8000-000000000001';

export const ROOM: Inside['room'] = {
  ...PLAIN_ROOM,
  id: ROOM_ID,
  createdAt: WELCOME.serverTime,
  participants: 1,
};

/** What the server says on entry. */
export const INSIDE: Inside = {
  room: ROOM,
  peerId: 'me',
  peers: [],
  iceServers: [],
  you: { host: false, send: [...SEND_KINDS] },
  data: {},
  chat: { lastId: null },
};

/** Milliseconds after which a lost connection is dialled again at once. */
const HELD_MS = 5_000;

/** Somebody else inside, as the server describes them. */
export function peer(peerId: string, fields: Partial<Inside['peers'][number]> = {}): Inside['peers'][number] {
  return {
    peerId,
    userId: `user-${peerId}`,
    username: null,
    displayName: peerId,
    userInfo: null,
    media: { audio: true, video: true, screen: false },
    state: 'live',
    polite: false,
    host: false,
    send: [...SEND_KINDS],
    hand: null,
    ...fields,
  };
}

/** A connection that never finds a path, with what a call sets on it. */
export class FakeRtc extends EventTarget {
  configuration: RTCConfiguration;
  signalingState = 'stable';
  connectionState = 'new';
  localDescription = null;
  currentRemoteDescription = null;
  restarts = 0;
  closed = false;

  constructor(configuration: RTCConfiguration) {
    super();
    this.configuration = configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }
  async setLocalDescription(): Promise<void> {}
  getTransceivers(): never[] {
    return [];
  }
  addTransceiver(): unknown {
    return { mid: null, direction: 'sendrecv', sender: { replaceTrack: async () => {} } };
  }
  restartIce(): void {
    this.restarts += 1;
  }
  close(): void {
    this.closed = true;
  }
}

/** For tests of the SDK outside a browser. */
export const FAKE_RTC = FakeRtc as unknown as RtcConstructor;

export interface FakeCall {
  readonly call: RoomCall;
  readonly wire: Wire;
  readonly made: readonly FakeRtc[];
  /** Settles when this side is inside. */
  readonly entering: Promise<void>;
  /** The server says something. `re`: which of this side's messages it answers, by its event. */
  say(event: string, payload?: unknown, re?: string): Promise<void>;
  /** The server lets this side in, as the answer to its last request, or on its own. */
  letIn(inside?: Partial<Inside>): Promise<void>;
  /** The payloads of this event that this side has sent on its latest socket. */
  sent(event: string): unknown[];
  /** Breaks the connection, and the session goes on. */
  resume(lastId?: number): Promise<void>;
  /** Breaks the connection, and the session is lost. */
  renew(): Promise<void>;
}

/** A call whose server is the test. It has asked for entry. */
export async function fakeCall(options: JoinOptions = {}): Promise<FakeCall> {
  const wire = await live();
  vi.stubGlobal('MediaStream', class {});
  const made: FakeRtc[] = [];
  const RTCPeerConnection = class extends FakeRtc {
    constructor(configuration: RTCConfiguration) {
      super(configuration);
      made.push(this);
    }
  } as unknown as RtcConstructor;
  const connections = new ConnectionFactory(RTCPeerConnection, baseConfiguration(options));
  const account = { baseUrl: 'http://test', token: async () => 'jwt' };
  const deps = {
    session: wire.session,
    clock: wire.clock,
    random: () => 0.5,
    connections,
    account,
    codecSupport: NO_CODEC_SUPPORT,
  };
  const call = new RoomCall(deps, ROOM_ID, options);
  const entering = call.enter();
  entering.catch(() => {});
  let seq = 1;

  const say: FakeCall['say'] = async (event, payload, re) => {
    seq += 1;
    const answered = wire.socket.sent.findLast((frame) => frame.event === re);
    if (re !== undefined && answered === undefined) throw new Error(`this side has sent no ${re}`);
    wire.socket.say(event, seq, payload, answered?.id);
    await settled();
  };
  return {
    call,
    wire,
    made,
    entering,
    say,
    letIn: (inside = {}) => say('room:joined', { ...INSIDE, ...inside }),
    sent: (event) => wire.socket.sent.flatMap((frame) => (frame.event === event ? [frame.payload] : [])),
    async resume(lastId = Number.MAX_SAFE_INTEGER) {
      await wire.pass(HELD_MS);
      await breakConnection(wire);
      wire.socket.welcome({ resumed: true, lastId });
      await settled();
    },
    async renew() {
      await wire.pass(HELD_MS);
      await breakConnection(wire);
      wire.socket.welcome();
      seq = 1;
      await settled();
    },
  };
}

/** A call that this side is inside of. */
export async function insideCall(inside: Partial<Inside> = {}, options: JoinOptions = {}): Promise<FakeCall> {
  const fake = await fakeCall(options);
  await fake.letIn(inside);
  await fake.entering;
  return fake;
}

export const OWN_USER = USER.id;
