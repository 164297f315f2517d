import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type {
  Call,
  Client,
  EndReason,
  MediaState,
  ParleyClientError,
  RemotePeer,
} from '../../client/index.ts';
import { isHeard } from '../media/devices.ts';
import type { LocalMedia } from '../media/local-media.ts';
import { createNotices, type NoticeKind, type Notices } from './notices.ts';
import { nameOf, type PersonView, personOf, selfOf } from './people.ts';
import { watchSpeaking } from './self-speaking.ts';

/** Milliseconds that a lost line is not worth a word. */
export const BANNER_AFTER_MS = 1_000;

/** Something only heard, by those who don't see the page. */
export type Announcement =
  | { readonly kind: 'muted' | 'unmuted'; readonly name: string }
  | { readonly kind: 'selfMuted' | 'selfUnmuted' };

/** A call as its view shows it and acts on it. */
export interface CallModel {
  readonly self: ReadonlySignal<PersonView>;
  readonly others: ReadonlySignal<readonly PersonView[]>;
  readonly canShare: boolean;
  /** The line to the server has been lost for more than a second. */
  readonly reconnecting: ReadonlySignal<boolean>;
  readonly announcement: ReadonlySignal<Announcement | null>;
  readonly notices: Notices;
  readonly media: LocalMedia;
  /** The others, for their figures. */
  peers(): readonly RemotePeer[];
  toggleMicrophone(): void;
  toggleCamera(): void;
  toggleShare(): Promise<void>;
  /** Is heard while held, though muted. */
  holdToTalk(held: boolean): void;
  notify(kind: NoticeKind): void;
  leave(): void;
}

interface CallModelOptions {
  readonly client: Client;
  readonly call: Call;
  readonly media: LocalMedia;
  readonly selfName: string;
  readonly captureScreen: (() => Promise<MediaStream>) | undefined;
  readonly onEnded: (reason: EndReason, error: ParleyClientError | undefined) => void;
}

export function createCallModel(options: CallModelOptions): CallModel {
  const { client, call, media, selfName, captureScreen, onEnded } = options;
  const notices = createNotices();
  const people = signal<readonly PersonView[]>([]);
  /** Another one where the session had to be begun anew. */
  const peerId = signal(call.peerId);
  const speaking = signal(false);
  const ownScreen = signal<MediaStreamTrack | null>(null);
  const reconnecting = signal(false);
  const announcement = signal<Announcement | null>(null);
  const followed = new Map<RemotePeer, (() => void)[]>();
  const undo: (() => void)[] = [];
  let holding = false;
  let bannerTimer: ReturnType<typeof setTimeout> | undefined;

  const refresh = () => {
    people.value = [...call.peers.values()].map(personOf);
    peerId.value = call.peerId;
  };

  function follow(peer: RemotePeer): void {
    if (followed.has(peer)) return;
    let heard = peer.media.audio;
    let screen = peer.screen !== null;
    followed.set(peer, [
      peer.on('speaking', refresh),
      peer.on('state', refresh),
      peer.on('connection', refresh),
      peer.on('media', ({ audio }) => {
        if (audio !== heard) announcement.value = { kind: audio ? 'unmuted' : 'muted', name: nameOf(peer) };
        heard = audio;
        refresh();
      }),
      peer.on('track', (kind, track) => {
        if (kind === 'screen' && track !== null && !screen) notices.show('sharesScreen', nameOf(peer));
        if (kind === 'screen') screen = track !== null;
        refresh();
      }),
    ]);
  }

  function unfollow(peer: RemotePeer): void {
    for (const off of followed.get(peer) ?? []) off();
    followed.delete(peer);
  }

  for (const peer of call.peers.values()) follow(peer);
  refresh();

  undo.push(
    call.on('peer', (peer) => {
      if (!followed.has(peer)) notices.show('joined', nameOf(peer));
      follow(peer);
      refresh();
    }),
    call.on('peerleft', (peer) => {
      unfollow(peer);
      notices.show('left', nameOf(peer));
      refresh();
    }),
    call.on('media', (now) => {
      if (!now.screen) ownScreen.value = null;
    }),
    call.on('muterequest', (kind) => obey(kind)),
    call.on('ended', (reason, error) => {
      close();
      onEnded(reason, error);
    }),
    client.on('state', (state) => {
      clearTimeout(bannerTimer);
      if (state === 'reconnecting') {
        bannerTimer = setTimeout(() => {
          reconnecting.value = true;
        }, BANNER_AFTER_MS);
        return;
      }
      if (state === 'live' && reconnecting.value) notices.show('regained');
      reconnecting.value = false;
      refresh();
    }),
    followDevices(call, media),
    watchSpeaking(media.microphone, (now) => {
      speaking.value = now;
      call.setSpeaking(now);
    }),
  );

  function close(): void {
    clearTimeout(bannerTimer);
    for (const off of undo.splice(0)) off();
    for (const peer of [...followed.keys()]) unfollow(peer);
    notices.close();
  }

  function setMicrophone(on: boolean): void {
    void media.setMicrophone(on);
    announcement.value = { kind: on ? 'selfUnmuted' : 'selfMuted' };
  }

  /** The page does as whoever runs the room asks; its person may turn it on again. */
  function obey(kind: keyof MediaState): void {
    if (kind === 'audio' && media.microphone.value.on) setMicrophone(false);
    else if (kind === 'video' && media.camera.value.on) void media.setCamera(false);
    else if (kind === 'screen' && ownScreen.value !== null) void call.stopScreenShare();
    else return;
    notices.show('muteAsked');
  }

  async function toggleShare(): Promise<void> {
    if (captureScreen === undefined) return;
    if (ownScreen.value !== null) return call.stopScreenShare();
    try {
      const stream = await captureScreen();
      await call.startScreenShare(stream);
      // Ended already, where the person stopped it in the same moment.
      ownScreen.value = stream.getVideoTracks().find((track) => track.readyState === 'live') ?? null;
    } catch (error) {
      // The person closed the browser's dialog: not a failure.
      if (!(error instanceof Error && error.name === 'NotAllowedError')) notices.show('shareFailed');
    }
  }

  return {
    self: computed(() =>
      selfOf({
        peerId: peerId.value,
        name: selfName,
        camera: media.camera.value,
        microphone: media.microphone.value,
        speaking: speaking.value,
        screen: ownScreen.value,
      }),
    ),
    others: people,
    canShare: captureScreen !== undefined,
    reconnecting,
    announcement,
    notices,
    media,
    peers: () => [...call.peers.values()],
    toggleMicrophone: () => setMicrophone(!media.microphone.value.on),
    toggleCamera: () => void media.setCamera(!media.camera.value.on),
    toggleShare,
    holdToTalk(held) {
      if (held && !media.microphone.value.on) {
        holding = true;
        notices.show('pushToTalk');
        void media.setMicrophone(true);
      } else if (!held && holding) {
        holding = false;
        void media.setMicrophone(false);
      }
    },
    notify: (kind) => notices.show(kind),
    leave: () => void call.leave(),
  };
}

/** Sends whatever camera and microphone are open, and tells the others when the microphone is muted. */
function followDevices(call: Call, media: LocalMedia): () => void {
  const camera = computed(() => media.camera.value.track);
  const microphone = computed(() => media.microphone.value.track);
  const heard = computed(() => isHeard(media.microphone.value));
  // A track that can't be sent now is sent when the connections are made anew; the SDK reports why.
  const undo = [
    effect(() => void call.setCamera(camera.value).catch(() => {})),
    effect(() => void call.setMicrophone(microphone.value).catch(() => {})),
    effect(() => call.setMuted({ audio: !heard.value })),
  ];
  return () => {
    for (const off of undo) off();
  };
}
