import { type ReadonlySignal, signal } from '@preact/signals';
import type { EndReason, ParleyClientError, Room } from '../client/index.ts';
import { type CallModel, createCallModel } from './call/call-model.ts';
import type { LocalMedia } from './media/local-media.ts';
import type { Prefs } from './prefs.ts';
import { type Failure, failureOf, type Session } from './session.ts';
import { settledWithin, singleFlight } from './under-way.ts';

/**
 * Milliseconds that coming back waits for camera and microphone. A browser may never answer (a dismissed question in
 * Firefox, a hung driver); what comes later is sent later.
 */
export const DEVICES_WITHIN_MS = 4_000;

/** How far a person has come on the way into a call, and out of it. */
export type Phase =
  | { readonly at: 'looking' }
  | { readonly at: 'unfound'; readonly failure: Failure }
  | { readonly at: 'lobby'; readonly room: Room; readonly failure: Failure | null; readonly joining: boolean }
  | { readonly at: 'call'; readonly room: Room; readonly call: CallModel }
  | { readonly at: 'ended'; readonly room: Room; readonly reason: EndReason | 'replaced' };

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

export function createRoomModel(options: RoomModelOptions): RoomModel {
  const { roomId, session, media, prefs, captureScreen, onUnknown } = options;
  const phase = signal<Phase>({ at: 'looking' });
  let lastEntry: Entry = { name: prefs.get('name'), password: '' };
  let closed = false;

  const look = singleFlight(async () => {
    phase.value = { at: 'looking' };
    try {
      const room = await session.findRoom(roomId);
      if (!closed) phase.value = { at: 'lobby', room, failure: null, joining: false };
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
        room === null ? { at: 'unfound', failure } : { at: 'lobby', room, failure, joining: false };
  }

  /** One way in for `join` and `rejoin`: whoever is on the way in can't start out a second time. */
  const enter = singleFlight(async (entry: Entry, devicesFirst: boolean) => {
    const before = phase.value;
    if (closed || (before.at !== 'lobby' && before.at !== 'ended')) return;
    const { room } = before;
    lastEntry = entry;
    prefs.set('name', entry.name);
    phase.value = { at: 'lobby', room, failure: null, joining: true };
    try {
      if (devicesFirst) await settledWithin(DEVICES_WITHIN_MS, media.start());
      if (!closed) await comeIn(entry);
    } catch (error) {
      refused(room, error);
    }
  });

  async function comeIn(entry: Entry): Promise<void> {
    const client = await session.connect();
    if (closed) return client.close();
    try {
      const call = await client.join(roomId, {
        ...(entry.password === '' ? {} : { password: entry.password }),
        userInfo: { name: entry.name },
        microphone: media.microphone.value.track,
        camera: media.camera.value.track,
      });
      if (closed) return client.close();
      const { room } = call;
      const model = createCallModel({ client, call, media, captureScreen, selfName: entry.name, onEnded });
      phase.value = { at: 'call', room, call: model };
      function onEnded(reason: EndReason, error: ParleyClientError | undefined): void {
        client.close();
        media.stop();
        if (closed) return;
        phase.value = { at: 'ended', room, reason: error?.code === 'replaced' ? 'replaced' : reason };
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
    join: (entry) => enter(entry, false),
    rejoin: () => enter(lastEntry, true),
    close() {
      closed = true;
      if (phase.value.at === 'call') phase.value.call.leave();
      media.close();
    },
  };
}
