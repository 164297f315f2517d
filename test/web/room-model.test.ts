import { type ReadonlySignal, signal } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AccountUser, type Client, ParleyClientError } from '../../src/client/index.ts';
import type { LinkSecrets } from '../../src/web/link-secrets.ts';
import { createDeviceManager } from '../../src/web/media/device-manager.ts';
import { createPrefs } from '../../src/web/prefs.ts';
import type { RoomAccess } from '../../src/web/room-access.ts';
import { createRoomModel, DEVICES_WITHIN_MS } from '../../src/web/room-model.ts';
import {
  ADA,
  deferred,
  fakeCall,
  fakeCapture,
  fakeClient,
  memoryStorage,
  NO_SECRETS,
  NOBODY,
  ROOM,
} from './fakes.ts';

const refusal = (code: ParleyClientError['code']) => () => Promise.reject(new ParleyClientError(code, code));

function setUp({
  find = async () => ROOM,
  join,
  capture,
  user = NOBODY,
  secrets = NO_SECRETS,
}: {
  find?: RoomAccess['findRoom'];
  join?: Client['join'];
  capture?: Pick<
    MediaDevices,
    'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
  >;
  user?: ReadonlySignal<AccountUser | null>;
  secrets?: Pick<LinkSecrets, 'invitationTo' | 'drop'>;
} = {}) {
  const fake = fakeCall();
  const joins: unknown[] = [];
  const clients: ReturnType<typeof fakeClient>[] = [];
  const prefs = createPrefs(memoryStorage());
  const guestNames: string[] = [];
  let unknown = 0;
  const login: RoomAccess = {
    site: signal(null),
    findRoom: find,
    createRoom: () => Promise.reject(new Error('not expected')),
    updateRoom: () => Promise.reject(new Error('not expected')),
    async connect(guestName) {
      guestNames.push(guestName);
      const client = fakeClient(async (roomId, options) => {
        joins.push(options);
        return join === undefined ? fake.call : join(roomId, options);
      });
      clients.push(client);
      return client.client;
    },
  };
  const model = createRoomModel({
    roomId: ROOM.id,
    login,
    user,
    devices: createDeviceManager({ capture, prefs }),
    prefs,
    secrets,
    captureScreen: undefined,
    onRoomMissing: () => {
      unknown += 1;
    },
  });
  return { model, fake, joins, clients, guestNames, prefs, login, timesUnknown: () => unknown };
}

afterEach(() => void vi.useRealTimers());

describe('the way into a call', () => {
  it('leads through the lobby into the call', async () => {
    const { model, joins, prefs } = setUp();
    expect(model.phase.value.at).toBe('loading');
    await model.load();
    expect(model.phase.value).toMatchObject({ at: 'lobby', failure: null, joining: false });
    const joining = model.join({ name: 'Ann', password: '' });
    expect(model.phase.value).toMatchObject({ at: 'lobby', joining: true });
    await joining;
    expect(model.phase.value.at).toBe('call');
    const onWaiting = expect.any(Function);
    expect(joins).toEqual([
      { userInfo: { name: 'Ann' }, uplink: 'auto', microphone: null, camera: null, onWaiting },
    ]);
    expect(prefs.get('name')).toBe('Ann');
  });

  it('sends no more than the person chose in an earlier call', async () => {
    const { model, joins, prefs } = setUp();
    prefs.set('uplink', '500000');
    await model.load();
    await model.join({ name: 'Ann', password: '' });
    expect(joins).toMatchObject([{ uplink: 500_000 }]);
  });

  it('[RM11] lets everybody go by the name that was typed, in the chat too', async () => {
    const guest = setUp();
    await guest.model.load();
    await guest.model.join({ name: 'Ann', password: '' });
    const updates = ({ sent }: typeof guest.fake) => sent.filter(([what]) => what === 'update');
    expect([guest.guestNames, updates(guest.fake)]).toEqual([['Ann'], []]);
    const person = setUp({ user: signal(ADA) });
    await person.model.load();
    await person.model.join({ name: 'Countess', password: '' });
    expect(updates(person.fake)).toEqual([['update', { displayName: 'Countess' }]]);
  });

  it('shows the others the picture of the account', async () => {
    const user = signal({ ...ADA, avatarUrl: 'https://example.org/ada.png' });
    const { model, joins } = setUp({ user });
    await model.load();
    await model.join({ name: 'Ada', password: '' });
    expect(joins[0]).toMatchObject({ userInfo: { name: 'Ada', picture: 'https://example.org/ada.png' } });
  });

  it('joins muted if the microphone was muted in the lobby', async () => {
    const { model, joins } = setUp({ capture: fakeCapture().capture });
    await model.load();
    await model.devices.start();
    await model.devices.setMicrophone(false);
    await model.join({ name: 'Ann', password: '' });
    expect(joins).toMatchObject([{ muted: { audio: true }, microphone: { readyState: 'live' } }]);
  });

  it('leads home if the call doesn’t exist', async () => {
    const { model, timesUnknown } = setUp({ find: refusal('room_not_found') });
    await model.load();
    expect(timesUnknown()).toBe(1);
  });

  it('leads home if the call has ended meanwhile', async () => {
    const { model, timesUnknown } = setUp({ join: refusal('room_not_found') });
    await model.load();
    await model.join({ name: 'Ann', password: '' });
    expect(timesUnknown()).toBe(1);
  });

  it('offers to try again if the server can’t be reached', async () => {
    const { model } = setUp({ find: refusal('network') });
    await model.load();
    expect(model.phase.value).toMatchObject({ at: 'failed', failure: { code: 'network' } });
  });

  it.each([
    'password_required',
    'wrong_password',
    'room_full',
    'room_locked',
    'banned',
    'rate_limited',
  ] as const)('stays in the lobby on %s, and closes the connection', async (code) => {
    const { model, clients } = setUp({ join: refusal(code) });
    await model.load();
    await model.join({ name: 'Ann', password: 'guess' });
    expect(model.phase.value).toMatchObject({ at: 'lobby', joining: false, failure: { code } });
    expect(clients.map((client) => client.isClosed())).toEqual([true]);
  });

  it('shows the reason of the end, and rejoins with the same name and password', async () => {
    const { model, fake, joins, clients } = setUp();
    await model.load();
    await model.join({ name: 'Ann', password: 'open sesame' });
    fake.emit('ended', 'left', undefined);
    expect(model.phase.value).toMatchObject({ at: 'ended', reason: 'left' });
    expect(clients[0]?.isClosed()).toBe(true);
    await model.rejoin();
    expect(model.phase.value.at).toBe('call');
    expect(joins).toHaveLength(2);
    expect(joins[1]).toMatchObject({ password: 'open sesame', userInfo: { name: 'Ann' } });
  });

  it('distinguishes a call continued in another window from a lost connection', async () => {
    const { model, fake } = setUp();
    await model.load();
    await model.join({ name: 'Ann', password: '' });
    fake.emit('ended', 'connection_lost', new ParleyClientError('replaced', 'resumed elsewhere'));
    expect(model.phase.value).toMatchObject({ at: 'ended', reason: 'replaced' });
  });

  it('leaves the call when the page is left', async () => {
    const { model, fake } = setUp();
    await model.load();
    await model.join({ name: 'Ann', password: '' });
    model.close();
    expect(fake.sent.map(([name]) => name)).toContain('leave');
  });

  it.each([
    ['twice', ['rejoin', 'rejoin']],
    ['and the form sent as well', ['rejoin', 'join', 'rejoin']],
    ['three times', ['rejoin', 'rejoin', 'rejoin']],
  ] as const)('makes one new session when "Join again" is pressed %s', async (_, presses) => {
    const entry = { name: 'Ann', password: '' };
    const answer = deferred<void>();
    let slow = false;
    const { model, fake, clients } = setUp({
      join: async () => {
        if (slow) await answer.promise;
        return fake.call;
      },
    });
    await model.load();
    await model.join(entry);
    fake.emit('ended', 'left', undefined);
    slow = true;
    const pressed = presses.map((press) => (press === 'join' ? model.join(entry) : model.rejoin()));
    await vi.waitFor(() => expect(clients).toHaveLength(2));
    pressed.push(model.rejoin());
    answer.resolve();
    await Promise.all(pressed);
    expect(clients.map((client) => client.isClosed())).toEqual([true, false]);
    expect(model.phase.value.at).toBe('call');
  });

  it('shows at once that it is rejoining', async () => {
    const { model, fake } = setUp();
    await model.load();
    await model.join({ name: 'Ann', password: '' });
    fake.emit('ended', 'left', undefined);
    void model.rejoin();
    expect(model.phase.value).toMatchObject({ at: 'lobby', joining: true });
  });

  it('rejoins without camera and microphone if the browser never answers', async () => {
    const { capture } = fakeCapture();
    let answers = true;
    const { model, fake, joins } = setUp({
      capture: {
        ...capture,
        getUserMedia: (asked) =>
          answers ? capture.getUserMedia(asked ?? {}) : new Promise<MediaStream>(() => {}),
      },
    });
    await model.load();
    await model.devices.start();
    await model.join({ name: 'Ann', password: '' });
    fake.emit('ended', 'left', undefined);
    answers = false;
    vi.useFakeTimers();
    const back = model.rejoin();
    await vi.advanceTimersByTimeAsync(DEVICES_WITHIN_MS);
    await back;
    expect(model.phase.value.at).toBe('call');
    expect(joins[1]).toMatchObject({ microphone: null, camera: null });
  });

  it.each(['connecting', 'joining'] as const)(
    'leaves no session behind if it is closed while %s',
    async (stage) => {
      const answer = deferred<void>();
      const { model, clients, joins, fake, login } = setUp({
        join: async () => {
          if (stage === 'joining') await answer.promise;
          return fake.call;
        },
      });
      if (stage === 'connecting') {
        const connect = login.connect;
        Object.assign(login, { connect: () => answer.promise.then(() => connect('Ann')) });
      }
      await model.load();
      const joining = model.join({ name: 'Ann', password: '' });
      if (stage === 'joining') await vi.waitFor(() => expect(joins).toHaveLength(1));
      model.close();
      answer.resolve();
      await joining;
      expect(clients.map((client) => client.isClosed())).toEqual([true]);
      expect(joins).toHaveLength(stage === 'joining' ? 1 : 0);
      expect(model.phase.value.at).not.toBe('call');
    },
  );

  it.each(['room_full', 'room_locked'] as const)('notices when %s no longer holds', async (code) => {
    vi.useFakeTimers();
    vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
    const shut = code === 'room_full' ? { participants: ROOM.max } : { locked: true };
    let room = { ...ROOM, ...shut };
    const { model } = setUp({ find: async () => room, join: refusal(code) });
    await model.load();
    await model.join({ name: 'Ann', password: '' });
    const stop = model.watchRoom();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(model.phase.value).toMatchObject({ at: 'lobby', failure: { code }, reopened: false });
    room = { ...ROOM };
    await vi.advanceTimersByTimeAsync(20_000);
    expect(model.phase.value).toMatchObject({ at: 'lobby', failure: null, reopened: true });
    stop();
    vi.unstubAllGlobals();
  });

  it('starts the next visit with camera and microphone as they were when joining', async () => {
    const { model, prefs, fake } = setUp();
    await model.load();
    await model.devices.setCamera(false);
    await model.join({ name: 'Ann', password: '' });
    // Changes during the call are not remembered.
    await model.devices.setMicrophone(false);
    fake.emit('ended', 'left', undefined);
    expect([prefs.get('cameraOff'), prefs.get('microphoneOff')]).toEqual(['yes', '']);
    const next = createDeviceManager({ capture: undefined, prefs });
    expect([next.camera.value.on, next.microphone.value.on]).toEqual([false, true]);
  });
});
