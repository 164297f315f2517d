import { signal } from '@preact/signals';
import type {
  Account,
  AccountEvents,
  AccountUser,
  Call,
  CallEvents,
  Client,
  ClientEvents,
  PeerEvents,
  RemotePeer,
  Rights,
} from '../../src/client/index.ts';
import type { KeyValueStorage } from '../../src/web/prefs.ts';
import { fakeChat, fakeData, fakeKnocks } from './fake-call-parts.ts';
import { createEmitter } from './fake-emitter.ts';

/** Fakes of the SDK and the browser, as far as the models under test use them. */

const ALL_RIGHTS: Rights['send'] = ['audio', 'video', 'screen', 'chat'];

export type FakePeer = ReturnType<typeof fakePeer>;

export function fakePeer(facts: Partial<RemotePeer> = {}) {
  const emitter = createEmitter<PeerEvents>();
  const peer = {
    key: 'k1',
    peerId: 'p1',
    userId: 'u1',
    username: null,
    displayName: null,
    userInfo: { name: 'Maya' },
    media: { audio: true, video: true, screen: false },
    host: false,
    send: ALL_RIGHTS,
    hand: null,
    speaking: false,
    typing: false,
    state: 'live',
    connectionState: 'connected',
    microphone: null,
    camera: null,
    screen: null,
    screenAudio: null,
    on: emitter.on,
    once: emitter.on,
    held: { camera: false, screen: false },
    quality: null,
    identity: null,
    safetyCode: async () => null,
    confirmIdentity: async () => {},
    setShown: () => {},
    measure: () => () => {},
    attach: () => () => {},
    stats: () => Promise.reject(new Error('no figures here')),
    ...facts,
  } satisfies RemotePeer;
  return {
    peer: peer as RemotePeer,
    change: (next: Partial<RemotePeer>) => Object.assign(peer, next),
    ...emitter,
  };
}

export function fakeCall(...inside: RemotePeer[]) {
  const emitter = createEmitter<CallEvents>();
  const peers = new Map(inside.map((peer) => [peer.peerId, peer]));
  const sent: unknown[][] = [];
  const record = (name: string) => (value: unknown) => {
    sent.push([name, value]);
    return Promise.resolve();
  };
  const recordTwo = (name: string) => (one: unknown, other: unknown) => {
    sent.push([name, one, other]);
    return Promise.resolve();
  };
  const you: Rights = { host: false, send: ALL_RIGHTS };
  const parts = { chat: fakeChat(sent), knocks: fakeKnocks(sent), data: fakeData(sent) };
  const call = {
    room: ROOM,
    peerId: 'me',
    peers,
    media: { audio: true, video: true, screen: false },
    on: emitter.on,
    once: emitter.on,
    activeSpeaker: undefined,
    setUserInfo: record('setUserInfo'),
    send: record('send'),
    setMicrophone: record('setMicrophone'),
    setCamera: record('setCamera'),
    muted: { audio: false, video: false },
    setMuted: record('setMuted'),
    startScreenShare: record('startScreenShare'),
    stopScreenShare: () => record('stopScreenShare')(null),
    uplink: { limit: 'auto', bitsPerSecond: null },
    hidesAddress: false,
    setHideAddress: record('setHideAddress'),
    setUplink: record('setUplink'),
    line: null,
    stats: () => Promise.reject(new Error('no figures here')),
    setSpeaking: record('setSpeaking'),
    setTyping: record('setTyping'),
    moderation: {
      kick: record('kick'),
      lock: record('lock'),
      askToMute: record('askToMute'),
      askAllToMute: record('askAllToMute'),
      closeRoom: () => record('closeRoom')(null),
    },
    you,
    hand: null,
    hosts: { set: recordTwo('hosts.set'), limit: recordTwo('hosts.limit') },
    knocks: parts.knocks.knocks,
    chat: parts.chat.chat,
    data: parts.data.data,
    raiseHand: (raised = true) => record('raiseHand')(raised),
    lowerHand: record('lowerHand'),
    react: record('react'),
    update: record('update'),
    leave: () => record('leave')(null),
  } satisfies Call;
  return {
    call,
    peers,
    sent,
    ...emitter,
    ...parts,
    change: (next: Partial<Call>) => Object.assign(call, next),
  };
}

export function fakeClient(join: Client['join'] = () => Promise.reject(new Error('not expected'))) {
  const emitter = createEmitter<ClientEvents>();
  let closed = false;
  const client = {
    state: 'live',
    peerId: 'me',
    user: {
      id: 'u0',
      username: null,
      displayName: null,
      kind: 'guest',
      status: 'online',
      customStatus: null,
      avatarUrl: null,
      bio: null,
      createdAt: '2026-01-01T00:00:00.000Z',
    },
    on: emitter.on,
    once: emitter.on,
    call: () => Promise.reject(new Error('not expected')),
    join,
    close() {
      closed = true;
    },
  } satisfies Client;
  return { client, isClosed: () => closed, ...emitter };
}

export const GUEST: AccountUser = {
  ...fakeClient().client.user,
  email: null,
  role: null,
};
export const ADA: AccountUser = {
  ...GUEST,
  id: 'u1',
  kind: 'registered',
  displayName: 'Ada Lovelace',
  email: 'ada@example.org',
};

/** An account whose every action is recorded. `act` may refuse by throwing. */
export function fakeAccount(
  user: AccountUser = GUEST,
  token = 'good',
  act: (what: string) => void = () => {},
) {
  const emitter = createEmitter<AccountEvents>();
  const done: string[] = [];
  const record = async (what: string) => {
    done.push(what);
    act(what);
  };
  const account: { -readonly [Key in keyof Account]: Account[Key] } = {
    baseUrl: '',
    user,
    token: async () => token,
    on: emitter.on,
    once: emitter.on,
    logins: {
      list: async () => [],
      end: (id: string) => record(`end ${id}`),
      endAll: () => record('end all'),
    },
    signOut: () => record('sign out'),
    update: async () => account.user,
    setStatus: async () => account.user,
    changePassword: () => record('change password'),
    remove: () => record('remove'),
  };
  return { account, done, ...emitter };
}

/** Nobody is signed in. */
export const NOBODY = signal<AccountUser | null>(null);

/** No link brought an invitation. */
export const NO_SECRETS = { invitationTo: () => null, drop: () => {} };

export const ROOM = {
  id: '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a',
  name: 'Weekly',
  ownerId: null,
  max: 8,
  hasPassword: false,
  locked: false,
  persistent: false,
  listed: false,
  waitingRoom: false,
  chat: 'all' as const,
  relayOnly: false,
  notBefore: null,
  expiresAt: null,
  endAtExpiry: false,
  emptySeconds: 86_400,
  metadata: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  participants: 0,
};

export interface FakeTrack {
  readonly kind: 'audio' | 'video';
  enabled: boolean;
  readyState: 'live' | 'ended';
  muted: boolean;
  onended: (() => void) | null;
  onmute: (() => void) | null;
  onunmute: (() => void) | null;
  stop(): void;
  getSettings(): MediaTrackSettings;
}

export function fakeTrack(
  kind: 'audio' | 'video',
  settings: MediaTrackSettings = {},
): MediaStreamTrack & FakeTrack {
  const track: FakeTrack = {
    kind,
    enabled: true,
    readyState: 'live',
    muted: false,
    onended: null,
    onmute: null,
    onunmute: null,
    stop() {
      track.readyState = 'ended';
    },
    getSettings: () => settings,
  };
  return track as MediaStreamTrack & FakeTrack;
}

export function fakeStream(...tracks: MediaStreamTrack[]): MediaStream {
  return {
    getTracks: () => tracks,
    getVideoTracks: () => tracks.filter(({ kind }) => kind === 'video'),
    getAudioTracks: () => tracks.filter(({ kind }) => kind === 'audio'),
  } as unknown as MediaStream;
}

/** A promise that the test settles. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** A browser's devices. For a device that is refused, `devices` has the name of the DOMException. */
export function fakeCapture(devices: { camera?: string; microphone?: string } = {}) {
  const state = { ...devices };
  const questions: string[] = [];
  const tracks: (MediaStreamTrack & FakeTrack)[] = [];
  const target = new EventTarget();
  const open = (kind: 'audio' | 'video') => {
    const track = fakeTrack(kind);
    tracks.push(track);
    return track;
  };
  return {
    state,
    questions,
    tracks,
    plug: () => target.dispatchEvent(new Event('devicechange')),
    capture: {
      async getUserMedia({ video, audio }: MediaStreamConstraints): Promise<MediaStream> {
        questions.push([video && 'camera', audio && 'microphone'].filter(Boolean).join('+'));
        const refusal = (video ? state.camera : undefined) ?? (audio ? state.microphone : undefined);
        if (refusal !== undefined) throw new DOMException('refused', refusal);
        const opened = [...(video ? [open('video')] : []), ...(audio ? [open('audio')] : [])];
        return { getTracks: () => opened } as unknown as MediaStream;
      },
      enumerateDevices: () =>
        Promise.resolve([{ deviceId: 'c1', kind: 'videoinput', label: 'Front' } as MediaDeviceInfo]),
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target),
    },
  };
}

export function memoryStorage(): KeyValueStorage {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}
