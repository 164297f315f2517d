import { signal } from '@preact/signals';
import type {
  Call,
  Client,
  EndReason,
  JoinOptions,
  NextRoom,
  ParleyClientError,
  Room,
  Waiting,
} from '../client/index.ts';
import { remembersHiding } from './call/address-choice.ts';
import { createCallModel } from './call/call-model.ts';
import { playKnock } from './call/hosting/knock-sound.ts';
import { userInfoOf } from './call/people.ts';
import { rememberedUplink } from './call/uplink-choice.ts';
import { type Failure, failureOf } from './failure.ts';
import { pollRoom } from './lobby/room-poll.ts';
import { createWait } from './lobby/wait.ts';
import { CAPTURED_KINDS } from './media/devices.ts';
import type { JoinInput, RoomModel, RoomModelOptions } from './room-model-types.ts';
import { settledWithin, singleFlight } from './single-flight.ts';
import { isClosedToNewcomers, type Phase } from './visit-phase.ts';

/**
 * Milliseconds that rejoining waits for camera and microphone. A browser may never answer: Firefox doesn't when the
 * prompt is dismissed, nor does a hung driver. A device that opens later is sent later.
 */
export const DEVICES_WITHIN_MS = 4_000;

export function createRoomModel(options: RoomModelOptions): RoomModel {
  const { roomId, login, user, devices, prefs, secrets, captureScreen, onRoomMissing } = options;
  const phase = signal<Phase>({ at: 'loading' });
  const initialName = () => {
    const person = user.peek();
    const site = login.site.peek();
    if (site !== null) return options.givenName || site.name || prefs.get('name');
    return person === null ? prefs.get('name') : (person.displayName ?? person.username ?? '');
  };
  let lastInput: JoinInput = { name: initialName(), password: '' };
  let closed = false;
  /** Only the first time: whoever left wants to see where they are. */
  let skipsLobby = options.skipLobby ?? false;

  const load = singleFlight(async () => {
    phase.value = { at: 'loading' };
    try {
      const room = await login.findRoom(roomId);
      if (closed) return;
      showLobby(room);
    } catch (error) {
      showFailure(null, error);
      return;
    }
    if (skipsLobby && initialName() !== '') void enter({ name: initialName(), password: '' }, true);
    skipsLobby = false;
  });

  function showFailure(room: Room | null, error: unknown): void {
    if (closed) return;
    const failure = failureOf(error);
    // A wrong, spent or expired invitation opens nothing; without it, the person may still know the password.
    if (failure.code === 'forbidden') secrets.drop('call');
    if (failure.code === 'room_not_found') onRoomMissing();
    else if (room === null) phase.value = { at: 'failed', failure };
    else showLobby(room, failure);
  }

  /** `join` and `rejoin` share one flight, so that pressing both, or one twice, makes one session. */
  const enter = singleFlight(async (input: JoinInput, devicesFirst: boolean) => {
    const previous = phase.value;
    if (closed || (previous.at !== 'lobby' && previous.at !== 'ended')) return;
    const { room } = previous;
    lastInput = input;
    // The name of an account is changed there, that of a site's user by the site; another one is for this call only.
    if (user.peek() === null && login.site.peek() === null) prefs.set('name', input.name);
    phase.value = { at: 'lobby', room, failure: null, joining: true, reopened: false };
    try {
      const opening = devicesFirst ? settledWithin(DEVICES_WITHIN_MS, devices.start()) : undefined;
      await connectAndJoin(room, input, opening);
    } catch (error) {
      if (hasLeftWait()) showLobby(room);
      else showFailure(room, error);
    }
  });

  function hasLeftWait(): boolean {
    const { value } = phase;
    return value.at === 'waiting' && value.wait.left.value;
  }

  function showLobby(room: Room, failure: Failure | null = null): void {
    phase.value = { at: 'lobby', room, failure, joining: false, reopened: false };
  }

  function watchRoom(): () => void {
    const previous = phase.value;
    if (previous.at !== 'lobby') return () => {};
    // After a refusal the known room is outdated, so the first answer counts as a change.
    return pollRoom(previous.failure === null ? previous.room : null, {
      find: () => login.findRoom(roomId),
      onChange(room) {
        const { value } = phase;
        if (value.at !== 'lobby') return;
        const justReopened =
          isClosedToNewcomers(value.room, value.failure) && !isClosedToNewcomers(room, null);
        const failure = justReopened ? null : value.failure;
        phase.value = {
          ...value,
          room,
          failure,
          reopened: !isClosedToNewcomers(room, failure) && (justReopened || value.reopened),
        };
      },
      onFailure(error) {
        // Other failures say nothing about the room. If they last, joining reports them.
        if (phase.value.at === 'lobby' && failureOf(error).code === 'room_not_found') onRoomMissing();
      },
    });
  }

  /** @param opening settles when the devices are open, or won't be waited for any longer */
  async function connectAndJoin(room: Room, input: JoinInput, opening?: Promise<unknown>): Promise<void> {
    // Whoever knocks gets no relay before a host has answered: there is nothing to ask for ahead.
    const next = room.waitingRoom ? undefined : { roomId, ...accessOf(input) };
    const connecting = login.connect(input.name, next);
    // Meanwhile; if connecting fails, the devices stay with the lobby.
    connecting.catch(() => {});
    await opening;
    // The next visit starts with the same devices on and off.
    for (const kind of CAPTURED_KINDS) prefs.set(`${kind}Off`, devices[kind].value.on ? '' : 'yes');
    const client = await connecting;
    if (closed) return client.close();
    const picture = user.peek()?.avatarUrl ?? null;
    const wait = createWait({ client, devices });
    const showWait = (waiting: Waiting) => {
      wait.goOn(waiting);
      if (closed) wait.leave();
      else if (phase.peek().at !== 'waiting') phase.value = { at: 'waiting', room, wait };
    };
    try {
      const call = await client.join(roomId, { ...joinOptionsFor(input, picture), onWaiting: showWait });
      wait.close();
      if (closed) return client.close();
      // [RM11] A person may go by another name in this call; guests have told theirs before.
      if (user.peek() !== null || login.site.peek() !== null)
        call.update({ displayName: input.name }).catch(() => {});
      showCall(client, call, input.name, picture);
    } catch (error) {
      wait.close();
      client.close();
      throw error;
    }
  }

  function accessOf({ password }: JoinInput): Omit<NextRoom, 'roomId'> {
    const invite = secrets.invitationTo(roomId);
    return {
      ...(password === '' ? {} : { password }),
      ...(invite === null ? {} : { invite }),
      ...(remembersHiding(prefs) ? { hideAddress: true } : {}),
    };
  }

  function joinOptionsFor(input: JoinInput, picture: string | null): JoinOptions {
    return {
      ...accessOf(input),
      userInfo: userInfoOf(input.name, picture),
      uplink: rememberedUplink(prefs),
      microphone: devices.microphone.value.track,
      camera: devices.camera.value.track,
      ...(devices.microphone.value.on ? {} : { muted: { audio: true } }),
    };
  }

  function showCall(client: Client, call: Call, selfName: string, selfPicture: string | null): void {
    const model = createCallModel({
      client,
      call,
      devices,
      prefs,
      captureScreen,
      selfName,
      selfPicture,
      updateRoom: (change) => login.updateRoom(roomId, change),
      onFirstKnock: playKnock,
      onEnded(reason: EndReason, error: ParleyClientError | undefined) {
        wait.close();
        client.close();
        devices.stop();
        if (closed) return;
        const shown = error?.code === 'replaced' ? 'replaced' : reason;
        phase.value = { at: 'ended', room: model.room.peek(), reason: shown };
      },
    });
    // The session was lost, and with it the place in the call.
    const wait = createWait({ client, devices });
    call.on('waiting', (waiting) => {
      if (waiting !== undefined) wait.goOn(waiting);
      const room = model.room.peek();
      phase.value = waiting === undefined ? { at: 'call', room, call: model } : { at: 'waiting', room, wait };
    });
    phase.value = { at: 'call', room: call.room, call: model };
  }

  return {
    phase,
    devices,
    initialName,
    isInvited: () => secrets.invitationTo(roomId) !== null,
    load,
    watchRoom,
    join: (input) => enter(input, false),
    rejoin: () => enter(lastInput, true),
    close() {
      closed = true;
      if (phase.value.at === 'call') phase.value.call.leave();
      if (phase.value.at === 'waiting') phase.value.wait.leave();
      devices.close();
    },
  };
}
