import { type ReadonlySignal, signal } from '@preact/signals';
import type { EndReason, ParleyClientError, Room } from '../client/index.ts';
import { type CallModel, createCallModel } from './call/call-model.ts';
import type { LocalMedia } from './media/local-media.ts';
import type { Prefs } from './prefs.ts';
import { type Failure, failureOf, type Session } from './session.ts';

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

  async function look(): Promise<void> {
    phase.value = { at: 'looking' };
    try {
      const room = await session.findRoom(roomId);
      if (!closed) phase.value = { at: 'lobby', room, failure: null, joining: false };
    } catch (error) {
      refused(null, error);
    }
  }

  function refused(room: Room | null, error: unknown): void {
    if (closed) return;
    const failure = failureOf(error);
    if (failure.code === 'room_not_found') onUnknown();
    else
      phase.value =
        room === null ? { at: 'unfound', failure } : { at: 'lobby', room, failure, joining: false };
  }

  async function join(entry: Entry): Promise<void> {
    const before = phase.value;
    if (before.at !== 'lobby' && before.at !== 'ended') return;
    lastEntry = entry;
    prefs.set('name', entry.name);
    phase.value = { at: 'lobby', room: before.room, failure: null, joining: true };
    try {
      await enter(entry);
    } catch (error) {
      refused(before.room, error);
    }
  }

  async function enter(entry: Entry): Promise<void> {
    const client = await session.connect();
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
    join,
    async rejoin() {
      await media.start();
      await join(lastEntry);
    },
    close() {
      closed = true;
      if (phase.value.at === 'call') phase.value.call.leave();
      media.close();
    },
  };
}
