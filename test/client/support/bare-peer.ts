interface BareWindow extends Window {
  bare?: RTCPeerConnection;
}

/** Runs in the page: a client without the SDK, for two people and one connection. */
export async function joinBare(options: {
  roomId: string;
  token: string;
  offers: boolean;
  asObject: boolean;
}): Promise<void> {
  const { roomId, token, offers, asObject } = options;
  const own: BareWindow = window;
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 240 },
  });
  const socket = new WebSocket(`ws://${location.host}/ws`, ['parley.v1', `token.${token}`]);
  const connection = new RTCPeerConnection();
  own.bare = connection;
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
  let id = 0;
  let to: unknown;
  const send = (event: string, payload: object) => socket.send(JSON.stringify({ event, id: ++id, payload }));
  const sdp = () => (asObject ? connection.localDescription : connection.localDescription?.sdp);
  connection.onicecandidate = ({ candidate }) => send('call:ice', { to, candidate });
  connection.ontrack = ({ track }) => {
    const player = document.createElement(track.kind === 'audio' ? 'audio' : 'video');
    player.srcObject = new MediaStream([track]);
    document.body.append(player);
    void player.play();
  };
  socket.onmessage = async ({ data }) => {
    const { event, payload } = JSON.parse(data);
    const description = (type: RTCSdpType) => (asObject ? payload.sdp : { type, sdp: payload.sdp });
    if (event === 'room:joined' && offers && payload.peers.length > 0) {
      to = payload.peers[0].peerId;
      await connection.setLocalDescription();
      send('call:offer', { to, sdp: sdp() });
    } else if (event === 'call:offer') {
      to = payload.from;
      await connection.setRemoteDescription(description('offer'));
      await connection.setLocalDescription();
      send('call:answer', { to, sdp: sdp() });
    } else if (event === 'call:answer') await connection.setRemoteDescription(description('answer'));
    else if (event === 'call:ice') await connection.addIceCandidate(payload.candidate ?? undefined);
  };
  socket.onopen = () => send('room:join', { roomId, media: { audio: true, video: true, screen: false } });
}

/** Runs in the page: what was received so far. `tracks`: video tracks with a picture. */
export async function receivedBare(): Promise<{ video: number; audio: number; tracks: number }> {
  const own: BareWindow = window;
  const received = { video: 0, audio: 0, tracks: 0 };
  for (const report of (await own.bare?.getStats())?.values() ?? []) {
    if (report.type !== 'inbound-rtp') continue;
    if (report.kind === 'video' && report.framesDecoded > 0) received.tracks += 1;
    received.video += report.framesDecoded ?? 0;
    received.audio += report.totalSamplesReceived ?? 0;
  }
  return received;
}
