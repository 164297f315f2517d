import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type {
  Call,
  CallStats,
  Client,
  EndReason,
  ParleyClientError,
  RemotePeer,
  Room,
  RoomChange,
} from '../../client/index.ts';
import type { DeviceManager } from '../media/device-manager.ts';
import type { Prefs } from '../prefs.ts';
import { type AddressChoice, createAddressChoice } from './address-choice.ts';
import { createCallClock } from './call-clock.ts';
import { watchCrowd } from './crowd.ts';
import { type DeviceTrouble, reopenLostDevices, tellDeviceNews, troublesOf } from './device-troubles.ts';
import { inOrder } from './hands.ts';
import { createHosting, type Hosting } from './hosting/hosting-model.ts';
import { obeyRights } from './hosting/obey-rights.ts';
import { createLineAdvice, type LineAdvice } from './line-advice.ts';
import { createNotices, minutesUntil, type NoticeKind, type Notices } from './notices.ts';
import { createOwnControls, type OwnControls } from './own-controls.ts';
import { type PersonView, selfOf } from './people.ts';
import { createReconnectBanner } from './reconnect-banner.ts';
import { createScreenShare } from './screen-share.ts';
import { watchSpeaking } from './self-speaking.ts';
import { syncDevices } from './sync-devices.ts';
import { createTalk, type Talk, type TalkAnnouncement } from './talk-model.ts';
import { createUplinkChoice, type UplinkChoice } from './uplink-choice.ts';

/** Something that only screen readers announce. */
export type Announcement =
  | { readonly kind: 'muted' | 'unmuted'; readonly name: string }
  | { readonly kind: 'selfMuted' | 'selfUnmuted' }
  | TalkAnnouncement;

/** The view model of a call. */
export interface CallModel extends Omit<OwnControls, 'complyWith' | 'followOff'>, Talk {
  /** Changes when the room is locked, unlocked or renamed. */
  readonly room: ReadonlySignal<Room>;
  readonly self: ReadonlySignal<PersonView>;
  readonly others: ReadonlySignal<readonly PersonView[]>;
  /** Whole seconds since this person joined. */
  readonly seconds: ReadonlySignal<number>;
  readonly canShare: boolean;
  readonly reconnecting: ReadonlySignal<boolean>;
  readonly announcement: ReadonlySignal<Announcement | null>;
  readonly notices: Notices;
  /** Devices that were working and currently are not. */
  readonly troubles: ReadonlySignal<readonly DeviceTrouble[]>;
  readonly devices: DeviceManager;
  readonly hosting: Hosting;
  /** Changes the call's settings; for hosts. @throws what the server refuses with */
  updateRoom(change: RoomChange): Promise<unknown>;
  /** How much this person sends. */
  readonly uplink: Omit<UplinkChoice, 'close'>;
  readonly advice: Omit<LineAdvice, 'close'>;
  readonly address: AddressChoice;
  /** Everybody with a raised hand, the first one first. */
  readonly raised: ReadonlySignal<readonly PersonView[]>;
  /** Key of whoever speaks, or spoke last; null while nobody else is inside. */
  readonly speaker: ReadonlySignal<string | null>;
  /** The other peers, for their stats. */
  peers(): readonly RemotePeer[];
  stats(): Promise<CallStats>;
  notify(kind: NoticeKind): void;
  leave(): void;
}

interface CallModelOptions {
  readonly client: Client;
  readonly call: Call;
  readonly devices: DeviceManager;
  readonly prefs: Prefs;
  readonly selfName: string;
  /** URL of this person's picture, for while the camera is off. */
  readonly selfPicture?: string | null;
  readonly captureScreen: (() => Promise<MediaStream>) | undefined;
  readonly onEnded: (reason: EndReason, error: ParleyClientError | undefined) => void;
  /** Changes the room on the server. */
  readonly updateRoom: (change: RoomChange) => Promise<unknown>;
  /** Called when somebody waits to be let in and nobody did before. */
  readonly onFirstKnock?: () => void;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

export function createCallModel(options: CallModelOptions): CallModel {
  const { client, call, devices, selfName, selfPicture = null, captureScreen, onEnded } = options;
  const notices = createNotices();
  const clock = createCallClock(options.now);
  const share = createScreenShare(call, captureScreen, notices.show);
  const announcement = signal<Announcement | null>(null);
  const announce = (what: Announcement) => {
    announcement.value = what;
  };
  const talk = createTalk({ client, call, notices, announce });
  const room = signal(call.room);
  const speaking = signal(false);
  const unsubscribes: (() => void)[] = [];

  const hosting = createHosting({
    call,
    notices,
    setWaitingRoom: (waitingRoom) => options.updateRoom({ waitingRoom }),
    onRights: ({ send }) => obeyRights(send, devices, notices.show),
    onFirstKnock: options.onFirstKnock ?? (() => {}),
  });
  obeyRights(call.you.send, devices, notices.show);
  const own = createOwnControls({
    call,
    devices,
    share,
    notices,
    may: (kind) => hosting.you.value.send.includes(kind),
    announce: (kind) => announce({ kind }),
  });

  const crowd = watchCrowd({ call, notices, announce });

  unsubscribes.push(
    call.on('media', (now) => {
      if (!now.screen) share.stopped();
    }),
    call.on('room', (now) => {
      if (now.locked !== room.value.locked) notices.show(now.locked ? 'locked' : 'unlocked');
      room.value = now;
    }),
    call.on('ending', (at) => {
      notices.drop('ending');
      notices.show('ending', '', { minutes: minutesUntil(at) });
    }),
    call.on('muterequest', own.complyWith),
    call.on('turnedoff', own.followOff),
    call.on('turnonrequest', (kind) => notices.show('turnOnAsked', '', { media: kind })),
    call.on('ended', (reason, error) => {
      close();
      onEnded(reason, error);
    }),
    syncDevices(call, devices, (kind) => notices.show(`${kind}Unsent`)),
    reopenLostDevices(devices),
    tellDeviceNews(devices, notices),
    watchSpeaking(devices.microphone, (now) => {
      speaking.value = now;
      call.setSpeaking(now);
    }),
  );

  const self = computed(() =>
    selfOf({
      rights: hosting.you.value,
      peerId: crowd.selfId.value,
      name: selfName,
      picture: selfPicture,
      camera: devices.camera.value,
      microphone: devices.microphone.value,
      speaking: speaking.value,
      screen: share.screen.value,
      hand: talk.hands.own.value,
    }),
  );

  const uplink = createUplinkChoice(call, options.prefs);
  const advice = createLineAdvice({
    call,
    uplink,
    sendsPictures: computed(() => self.value.camera !== null || self.value.screen !== null),
    now: options.now ?? (() => performance.now()),
  });

  const banner = createReconnectBanner(client, (wasShown) => {
    if (wasShown) notices.show('regained');
    crowd.refresh();
  });

  function close(): void {
    banner.close();
    // The page may never see the key go up. Whoever rejoins must not be unmuted by that.
    own.holdToTalk(false);
    share.close();
    hosting.close();
    clock.close();
    talk.close();
    for (const off of unsubscribes.splice(0)) off();
    crowd.close();
    advice.close();
    uplink.close();
    notices.close();
  }

  return {
    room,
    self,
    others: crowd.others,
    seconds: clock.seconds,
    canShare: captureScreen !== undefined,
    reconnecting: banner.isShown,
    announcement,
    notices,
    troubles: troublesOf(devices),
    devices,
    ...talk,
    hosting,
    updateRoom: options.updateRoom,
    uplink,
    advice,
    address: createAddressChoice(call, options.prefs),
    raised: computed(() => inOrder([self.value, ...crowd.others.value])),
    speaker: crowd.speaker,
    peers: () => [...call.peers.values()],
    toggleMicrophone: own.toggleMicrophone,
    toggleCamera: own.toggleCamera,
    toggleShare: own.toggleShare,
    holdToTalk: own.holdToTalk,
    stats: () => call.stats(),
    notify: (kind) => notices.show(kind),
    leave: () => void call.leave(),
  };
}
