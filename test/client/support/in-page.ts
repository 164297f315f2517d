import type * as Sdk from '../../../src/client/index.ts';
import type { Call, Client, MediaState, PeerStats, RemotePeer } from '../../../src/client/index.ts';

/** Functions that run in the page. Each is sent there by itself, so it can't use anything else in this file. */

/** How a page joins. `microphone: 'off'`: a track that is disabled; `muted`: muted by the SDK. */
export interface Joining {
  readonly token?: string;
  readonly microphone?: 'on' | 'off' | 'none';
  readonly camera?: boolean;
  readonly muted?: { readonly audio?: boolean; readonly video?: boolean };
}

/** What the functions below leave on the window for one another. */
export interface SdkWindow extends Window {
  parley?: typeof Sdk;
  client?: Client;
  call?: Call;
  stream?: MediaStream;
  heard?: string[];
  configuration?: RTCConfiguration;
  /** All that the page has made. */
  connections?: RTCPeerConnection[];
}

export interface PeerView {
  readonly peerId: string;
  readonly key: string;
  readonly userId: string;
  readonly state: string;
  readonly connectionState: string;
  readonly media: MediaState;
  readonly screen: boolean;
  readonly camera: boolean;
  readonly stats: PeerStats;
}

export async function join(
  joining: Joining & { readonly roomId: string; readonly token: string },
): Promise<void> {
  const { roomId, token, microphone = 'on', camera = true, muted } = joining;
  const own: SdkWindow = window;
  if (own.parley === undefined) throw new Error('the SDK is not loaded');
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 240 },
  });
  own.stream = stream;
  for (const track of stream.getAudioTracks()) track.enabled = microphone !== 'off';
  own.client = await own.parley.connect({ token });
  const call = await own.client.join(roomId, {
    microphone: microphone === 'none' ? null : stream.getAudioTracks()[0],
    camera: camera ? stream.getVideoTracks()[0] : null,
    muted,
  });
  const heard: string[] = [];
  // Chromium decodes sound only for somebody who listens.
  const listen = (peer: RemotePeer) =>
    peer.on('track', (kind, track) => {
      if (kind !== 'microphone' || track === null) return;
      const player = new Audio();
      player.srcObject = new MediaStream([track]);
      document.body.append(player);
      void player.play();
    });
  own.call = call;
  own.heard = heard;
  for (const peer of call.peers.values()) listen(peer);
  call.on('peer', (peer) => {
    heard.push(`peer ${peer.displayName}`);
    listen(peer);
  });
  call.on('peerleft', ({ displayName }, reason) => heard.push(`peerleft ${displayName} ${reason}`));
  call.on('room', ({ locked }) => heard.push(`room locked=${locked}`));
  call.on('ending', (at) => heard.push(`ending ${at.toISOString()}`));
  call.on('message', (data) => heard.push(`message ${JSON.stringify(data)}`));
  call.on('muterequest', (kind, from) => heard.push(`muterequest ${kind} ${from?.displayName}`));
  call.on('ended', (reason) => heard.push(`ended ${reason}`));
  call.on('error', (error) => heard.push(`error ${error.code} ${error.message}`));
}

/** Keeps the page's connections from now on. */
export function keepConnections(): void {
  const own: SdkWindow = window;
  const connections: RTCPeerConnection[] = [];
  own.connections = connections;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
}

export function keepConfiguration(): void {
  const own: SdkWindow = window;
  const { setConfiguration } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setConfiguration = function (configuration) {
    setConfiguration.call(this, configuration);
    own.configuration = this.getConfiguration();
  };
}

export async function peers(): Promise<PeerView[]> {
  const own: SdkWindow = window;
  return Promise.all(
    [...(own.call?.peers.values() ?? [])].map(async (peer) => {
      const { key, peerId, userId, state, connectionState, media, screen, camera } = peer;
      const tracks = { screen: screen !== null, camera: camera !== null };
      const view = { key, peerId, userId, state, connectionState, media, ...tracks };
      return { ...view, stats: await peer.stats() };
    }),
  );
}

export async function shareScreen(): Promise<void> {
  const own: SdkWindow = window;
  const canvas = document.createElement('canvas');
  const brush = canvas.getContext('2d');
  const stream = canvas.captureStream(15);
  const paint = (count: number) => {
    if (brush !== null) brush.fillStyle = `hsl(${count % 360} 80% 50%)`;
    brush?.fillRect(0, 0, canvas.width, canvas.height);
    if (stream.active) setTimeout(paint, 66, count + 7);
  };
  paint(0);
  await own.call?.startScreenShare(stream);
}
