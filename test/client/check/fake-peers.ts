/** What a fake connection finds, and how its data channels behave. */
export interface FakeNetwork {
  /** Candidates that a connection with these URLs gathers, an error code, or nothing at all ('silent'). */
  gather(urls: readonly string[]): readonly ('host' | 'srflx' | 'relay' | number)[] | 'silent';
  /** Whether the nth packet of a loopback arrives; undefined: the two never connect. */
  readonly arrives?: ((count: number) => boolean) | undefined;
}

/** Makes fake RTCPeerConnections of one network. Two that describe themselves to each other are connected. */
export class FakePeers {
  readonly network: FakeNetwork;
  readonly opened: FakePeer[] = [];

  constructor(network: FakeNetwork) {
    this.network = network;
  }

  open = (configuration: RTCConfiguration): RTCPeerConnection => {
    const peer = new FakePeer(configuration, this);
    this.opened.push(peer);
    // As much of it as the checks use.
    return peer as unknown as RTCPeerConnection;
  };

  get live(): number {
    return this.opened.filter(({ connectionState }) => connectionState !== 'closed').length;
  }
}

class FakePeer {
  readonly configuration: RTCConfiguration;
  readonly #peers: FakePeers;
  connectionState = 'new';
  localDescription: { sdp: string } | null = null;
  onicecandidate: ((event: { candidate: { candidate: string } | null }) => void) | null = null;
  onicecandidateerror: ((event: { errorCode: number }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ondatachannel: ((event: { channel: FakeChannel }) => void) | null = null;
  channel: FakeChannel | undefined;

  constructor(configuration: RTCConfiguration, peers: FakePeers) {
    this.configuration = configuration;
    this.#peers = peers;
  }

  createDataChannel(): FakeChannel {
    this.channel = new FakeChannel();
    return this.channel;
  }

  async setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: 'v=0' };
    const urls = (this.configuration.iceServers ?? []).flatMap(({ urls: one }) => one);
    const found = this.#peers.network.gather(urls);
    if (found === 'silent') return;
    queueMicrotask(() => {
      for (const one of found) {
        if (typeof one === 'number') this.onicecandidateerror?.({ errorCode: one });
        else
          this.onicecandidate?.({ candidate: { candidate: `candidate:1 1 udp 1 192.0.2.1 9 typ ${one}` } });
      }
      this.onicecandidate?.({ candidate: null });
    });
  }

  /** The near side is told the far one's description last: then both are connected. */
  async setRemoteDescription(): Promise<void> {
    const { arrives } = this.#peers.network;
    if (this.channel === undefined || arrives === undefined) return;
    const far = this.#peers.opened.at(-1);
    const received = new FakeChannel();
    far?.ondatachannel?.({ channel: received });
    let count = 0;
    this.channel.deliver = (data) => {
      count += 1;
      if (arrives(count)) received.onmessage?.({ data });
    };
    queueMicrotask(() => this.channel?.onopen?.());
  }

  async addIceCandidate(): Promise<void> {}

  close(): void {
    this.connectionState = 'closed';
    if (this.channel !== undefined) this.channel.readyState = 'closed';
  }
}

class FakeChannel {
  readyState = 'open';
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  deliver: (data: ArrayBuffer) => void = () => {};

  send(data: ArrayBuffer): void {
    this.deliver(data);
  }
}
