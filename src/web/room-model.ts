import { type ReadonlySignal, signal } from '@preact/signals';
import type { EndReason, ParleyClientError, Room } from '../client/index.ts';
import { type CallModel, createCallModel } from './call/call-model.ts';
import { type Failure, failureOf, type Session } from './guest-login.ts';
import { watchRoom } from './lobby/room-poll.ts';
import type { LocalMedia } from './media/device-manager.ts';
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
  | { readonly at: 'looking' }
  | { readonly at: 'unfound'; readonly failure: Failure }
  | {
      readonly at: 'lobby';
      readonly room: Room;
      readonly failure: Failure | null;
      readonly joining: boolean;
      /** What kept the person out is over: somebody left, or the call was unlocked. */
      readonly opened: boolean;
    }
  | { readonly at: 'call'; readonly room: Room; readonly call: CallModel }
  | { readonly at: 'ended'; readonly room: Room; readonly reason: EndReason };

export interface Entry {
  readonly name: string;
  readonly password: string;
}

export interface RoomModel {
  readonly phase: ReadonlySignal<Phase>;
  readonly media: LocalMedia;
  /** Finds the room; again after a failure. */
  look(): Promise<void>;
  join(entry: Entry): Promise<void>;
  /** Keeps what the lobby says about the room true, until the returned function is called. */
  watch(): () => void;
  /** After the end, with the entry of before. */
  rejoin(): Promise<void>;
  close(): void;
}

interface RoomModelOptions {
  readonly roomId: string;
  readonly session: Session;
  readonly media: LocalMedia;
  readonly prefs: Prefs;
  /** Undefined where the browser can't share a screen. */
  readonly captureScreen: (() => Promise<MediaStream>) | undefined;
  /** There is no such room. */
  readonly onUnknown: () => void;
}

/** Whether nobody new can come in, as far as the room and the last refusal tell. */
function isShut(room: Room, failure: Failure | null): boolean {
  const code = failure?.code;
  return room.participants >= room.max || room.locked || code === 'room_full' || code === 'room_locked';
}

export function createRoomModel(options: RoomModelOptions): RoomModel {
  const { roomId, session, media, prefs, captureScreen, onUnknown } = options;
  const phase = signal<Phase>({ at: 'looking' });
  let lastEntry: Entry = { name: prefs.get('name'), password: '' };
  let closed = false;

  const look = singleFlight(async () => {
    phase.value = { at: 'looking' };
    try {
      const room = await session.findRoom(roomId);
      if (!closed) phase.value = { at: 'lobby', room, failure: null, joining: false, opened: false };
    } catch (error) {
      refused(null, error);
    }
  });

  function refused(room: Room | null, error: unknown): void {
    if (closed) return;
    const failure = failureOf(error);
    if (failure.code === 'room_not_found') onUnknown();
    else
      phase.value =
        room === null
          ? { at: 'unfound', failure }
          : { at: 'lobby', room, failure, joining: false, opened: false };
  }

  /** One way in for `join` and `rejoin`: whoever is on the way in can't start out a second time. */
  const enter = singleFlight(async (entry: Entry, devicesFirst: boolean) => {
    const before = phase.value;
    if (closed || (before.at !== 'lobby' && before.at !== 'ended')) return;
    const { room } = before;
    lastEntry = entry;
    prefs.set('name', entry.name);
    phase.value = { at: 'lobby', room, failure: null, joining: true, opened: false };
    try {
      if (devicesFirst) await settledWithin(DEVICES_WITHIN_MS, media.start());
      // What one goes in with is what one finds the next time.
      for (const kind of CAPTURED_KINDS) prefs.set(`${kind}Off`, media[kind].value.on ? '' : 'yes');
      if (!closed) await comeIn(entry);
    } catch (error) {
      refused(room, error);
    }
  });

  function watch(): () => void {
    const before = phase.value;
    if (before.at !== 'lobby') return () => {};
    // After a refusal what we knew of the room is what was wrong.
    return watchRoom(before.failure === null ? before.room : null, {
      find: () => session.findRoom(roomId),
      onChange(room) {
        const { value } = phase;
        if (value.at !== 'lobby') return;
        const shut = isShut(value.room, value.failure) && !isShut(room, null);
        const failure = shut ? null : value.failure;
        phase.value = { ...value, room, failure, opened: !isShut(room, failure) && (shut || value.opened) };
      },
      onFailure(error) {
        // Any other failure says nothing about the room; joining will tell.
        if (phase.value.at === 'lobby' && failureOf(error).code === 'room_not_found') onUnknown();
      },
    });
  }

  async function comeIn(entry: Entry): Promise<void> {
    const client = await session.connect();
    if (closed) return client.close();
    try {
      const call = await client.join(roomId, {
        ...(entry.password === '' ? {} : { password: entry.password }),
        userInfo: { name: entry.name },
        microphone: media.microphone.value.track,
        camera: media.camera.value.track,
        ...(media.microphone.value.on ? {} : { muted: { audio: true } }),
      });
      if (closed) return client.close();
      const model = createCallModel({ client, call, media, captureScreen, selfName: entry.name, onEnded });
      phase.value = { at: 'call', room: call.room, call: model };
      function onEnded(reason: EndReason, error: ParleyClientError | undefined): void {
        client.close();
        media.stop();
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
    media,
    look,
    watch,
    join: (entry) => enter(entry, false),
    rejoin: () => enter(lastEntry, true),
    close() {
      closed = true;
      if (phase.value.at === 'call') phase.value.call.leave();
      media.close();
    },
  };
}
