import { type ReadonlySignal, signal } from '@preact/signals';
import type { EndReason, ParleyClientError, Room } from '../client/index.ts';
import { type CallModel, createCallModel } from './call/call-model.ts';
import { type Failure, failureOf, type GuestLogin } from './guest-login.ts';
import { pollRoom } from './lobby/room-poll.ts';
import type { DeviceManager } from './media/device-manager.ts';
import { CAPTURED_KINDS } from './media/devices.ts';
import type { Prefs } from './prefs.ts';
import { settledWithin, singleFlight } from './single-flight.ts';

/**
 * Milliseconds that coming back waits for camera and microphone. A browser may never answer (a dismissed question in
 * Firefox, a hung driver); what comes later is sent later.
 */
export const DEVICES_WITHIN_MS = 4_000;

/** How far a person has come on the way into a call, and out of it. */
export type Phase =
  | { readonly at: 'loading' }
  | { readonly at: 'failed'; readonly failure: Failure }
  | {
      readonly at: 'lobby';
      readonly room: Room;
      readonly failure: Failure | null;
      readonly joining: boolean;
      /** What kept the person out is over: somebody left, or the call was unlocked. */
      readonly reopened: boolean;
    }
  | { readonly at: 'call'; readonly room: Room; readonly call: CallModel }
  | { readonly at: 'ended'; readonly room: Room; readonly reason: EndReason };

export interface JoinInput {
  readonly name: string;
  readonly password: string;
}

export interface RoomModel {
  readonly phase: ReadonlySignal<Phase>;
  readonly devices: DeviceManager;
  /** Finds the room; again after a failure. */
  load(): Promise<void>;
  join(input: JoinInput): Promise<void>;
  /** Keeps what the lobby says about the room true, until the returned function is called. */
  watchRoom(): () => void;
  /** After the end, with the entry of before. */
  rejoin(): Promise<void>;
  close(): void;
}

interface RoomModelOptions {
  readonly roomId: string;
  readonly login: GuestLogin;
  readonly devices: DeviceManager;
  readonly prefs: Prefs;
  /** Undefined where the browser can't share a screen. */
  readonly captureScreen: (() => Promise<MediaStream>) | undefined;
  /** There is no such room. */
  readonly onRoomMissing: () => void;
}

/** Whether nobody new can come in, as far as the room and the last refusal tell. */
function isClosedToNewcomers(room: Room, failure: Failure | null): boolean {
  const code = failure?.code;
  return room.participants >= room.max || room.locked || code === 'room_full' || code === 'room_locked';
}

export function createRoomModel(options: RoomModelOptions): RoomModel {
  const { roomId, login, devices, prefs, captureScreen, onRoomMissing } = options;
  const phase = signal<Phase>({ at: 'loading' });
  let lastInput: JoinInput = { name: prefs.get('name'), password: '' };
  let closed = false;

  const load = singleFlight(async () => {
    phase.value = { at: 'loading' };
    try {
      const room = await login.findRoom(roomId);
      if (!closed) phase.value = { at: 'lobby', room, failure: null, joining: false, reopened: false };
    } catch (error) {
      showFailure(null, error);
    }
  });

  function showFailure(room: Room | null, error: unknown): void {
    if (closed) return;
    const failure = failureOf(error);
    if (failure.code === 'room_not_found') onRoomMissing();
    else
      phase.value =
        room === null
          ? { at: 'failed', failure }
          : { at: 'lobby', room, failure, joining: false, reopened: false };
  }

  /** One way in for `join` and `rejoin`: whoever is on the way in can't start out a second time. */
  const enter = singleFlight(async (input: JoinInput, devicesFirst: boolean) => {
    const before = phase.value;
    if (closed || (before.at !== 'lobby' && before.at !== 'ended')) return;
    const { room } = before;
    lastInput = input;
    prefs.set('name', input.name);
    phase.value = { at: 'lobby', room, failure: null, joining: true, reopened: false };
    try {
      if (devicesFirst) await settledWithin(DEVICES_WITHIN_MS, devices.start());
      // What one goes in with is what one finds the next time.
      for (const kind of CAPTURED_KINDS) prefs.set(`${kind}Off`, devices[kind].value.on ? '' : 'yes');
      if (!closed) await connectAndJoin(input);
    } catch (error) {
      showFailure(room, error);
    }
  });

  function watchRoom(): () => void {
    const before = phase.value;
    if (before.at !== 'lobby') return () => {};
    // After a refusal what we knew of the room is what was wrong.
    return pollRoom(before.failure === null ? before.room : null, {
      find: () => login.findRoom(roomId),
      onChange(room) {
        const { value } = phase;
        if (value.at !== 'lobby') return;
        const shut = isClosedToNewcomers(value.room, value.failure) && !isClosedToNewcomers(room, null);
        const failure = shut ? null : value.failure;
        phase.value = {
          ...value,
          room,
          failure,
          reopened: !isClosedToNewcomers(room, failure) && (shut || value.reopened),
        };
      },
      onFailure(error) {
        // Any other failure says nothing about the room; joining will tell.
        if (phase.value.at === 'lobby' && failureOf(error).code === 'room_not_found') onRoomMissing();
      },
    });
  }

  async function connectAndJoin(input: JoinInput): Promise<void> {
    const client = await login.connect();
    if (closed) return client.close();
    try {
      const call = await client.join(roomId, {
        ...(input.password === '' ? {} : { password: input.password }),
        userInfo: { name: input.name },
        microphone: devices.microphone.value.track,
        camera: devices.camera.value.track,
        ...(devices.microphone.value.on ? {} : { muted: { audio: true } }),
      });
      if (closed) return client.close();
      const model = createCallModel({ client, call, devices, captureScreen, selfName: input.name, onEnded });
      phase.value = { at: 'call', room: call.room, call: model };
      function onEnded(reason: EndReason, error: ParleyClientError | undefined): void {
        client.close();
        devices.stop();
        if (closed) return;
        phase.value = {
          at: 'ended',
          room: model.room.peek(),
          reason: error?.code === 'replaced' ? 'replaced' : reason,
        };
      }
    } catch (error) {
      client.close();
      throw error;
    }
  }

  return {
    phase,
    devices,
    load,
    watchRoom,
    join: (input) => enter(input, false),
    rejoin: () => enter(lastInput, true),
    close() {
      closed = true;
      if (phase.value.at === 'call') phase.value.call.leave();
      devices.close();
    },
  };
}
