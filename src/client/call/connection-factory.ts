import type { IceServer } from '../../protocol/fields.ts';
import { ParleyClientError } from '../errors.ts';

/** The browser's RTCPeerConnection, or another implementation of it. */
export type RtcConstructor = new (configuration: RTCConfiguration) => RTCPeerConnection;

/** What to do about a browser that can't call. */
const ADVICE =
  'Use a current Chrome, Edge, Firefox or Safari, and allow WebRTC in its settings, policies and extensions.';

/** An ICE server's URL that this browser refuses, and why. */
export interface RefusedUrl {
  readonly url: string;
  readonly cause: unknown;
}

/** A connection that takes a new configuration. */
export interface Configurable {
  /** @throws as RTCPeerConnection's `setConfiguration` does */
  configure(configuration: RTCConfiguration): void;
}

/**
 * Creates the connections of a call. It creates the first one at once, before the room is entered: some browsers have
 * the constructor but refuse to construct (policy, lockdown mode, extensions), and who can't call must not enter.
 */
export class ConnectionFactory {
  readonly #RTCPeerConnection: RtcConstructor;
  #configuration: RTCConfiguration;
  #spare: RTCPeerConnection | undefined;

  /** @throws ParleyClientError `unsupported` */
  constructor(RTCPeerConnection: RtcConstructor | undefined, configuration: RTCConfiguration) {
    if (typeof RTCPeerConnection !== 'function') {
      throw new ParleyClientError(
        'unsupported',
        `This browser has no WebRTC, or it is switched off. ${ADVICE}`,
      );
    }
    this.#RTCPeerConnection = RTCPeerConnection;
    this.#configuration = configuration;
    try {
      this.#spare = new RTCPeerConnection(configuration);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ParleyClientError(
        'unsupported',
        `This browser refuses to create an RTCPeerConnection: ${why}. ${ADVICE}`,
        {
          cause,
        },
      );
    }
  }

  /**
   * Makes all connections show this certificate. Call it before the first one is taken: the certificate of a connection can't
   * be changed. A certificate that the browser refuses is left out.
   */
  certify(certificate: RTCCertificate): void {
    if (this.#spare === undefined) return;
    const configuration = { ...this.#configuration, certificates: [certificate] };
    try {
      const certified = new this.#RTCPeerConnection(configuration);
      this.#spare.close();
      this.#spare = certified;
      this.#configuration = configuration;
    } catch {
      // It has expired, by this browser's clock. Each connection makes one of its own.
    }
  }

  /** @throws whatever the browser throws if it can't create another */
  take(): RTCPeerConnection {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare ?? new this.#RTCPeerConnection(this.#configuration);
  }

  /**
   * Gives the ICE servers to all connections, open and future ones. Returns the URLs that this browser refuses, such as
   * `stun:…?transport=udp` in Chromium or TURN without a credential: they are left out, as one would fail them all.
   * @param used the open connections
   * @param iceTransportPolicy which candidates all connections may use from now on; default: as before
   */
  configure(
    servers: readonly IceServer[],
    used: readonly Configurable[],
    iceTransportPolicy?: RTCIceTransportPolicy,
  ): readonly RefusedUrl[] {
    if (iceTransportPolicy !== undefined)
      this.#configuration = { ...this.#configuration, iceTransportPolicy };
    const judge = used[0] ?? this.#spareAsJudge();
    const refusal = (iceServers: RTCIceServer[]): unknown => {
      try {
        judge.configure({ ...this.#configuration, iceServers });
        return undefined;
      } catch (error) {
        return error ?? new Error('The browser gave no reason.');
      }
    };
    const { iceServers, refused } = usableServers(servers, refusal);
    this.#configuration = { ...this.#configuration, iceServers };
    if (this.#spare !== undefined) this.#configureSpare(this.#spare, this.#configuration);
    for (const connection of used) {
      try {
        connection.configure(this.#configuration);
      } catch {
        // This connection keeps its old servers; the others need the new ones all the same.
      }
    }
    return refused;
  }

  close(): void {
    this.#spare?.close();
    this.#spare = undefined;
  }

  #spareAsJudge(): Configurable {
    this.#spare ??= new this.#RTCPeerConnection(this.#configuration);
    return { configure: (configuration) => this.#spare && this.#configureSpare(this.#spare, configuration) };
  }

  /** Firefox before 119 can't configure an existing connection: it is replaced. */
  #configureSpare(spare: RTCPeerConnection, configuration: RTCConfiguration): void {
    if (typeof spare.setConfiguration === 'function') spare.setConfiguration(configuration);
    else {
      this.#spare = new this.#RTCPeerConnection(configuration);
      spare.close();
    }
  }
}

/**
 * Tries all servers at once and, if the browser refuses them, each URL alone.
 * @param refusal returns why the browser refuses these servers, undefined if it accepts them
 */
export function usableServers(
  servers: readonly IceServer[],
  refusal: (servers: RTCIceServer[]) => unknown,
): { readonly iceServers: RTCIceServer[]; readonly refused: readonly RefusedUrl[] } {
  const iceServers = servers.map(withoutUndefined);
  if (refusal(iceServers) === undefined) return { iceServers, refused: [] };
  const refused: RefusedUrl[] = [];
  const usable = iceServers.flatMap((server): RTCIceServer[] => {
    const urls = [server.urls].flat().filter((url) => {
      const cause = refusal([{ ...server, urls: url }]);
      if (cause !== undefined) refused.push({ url, cause });
      return cause === undefined;
    });
    return urls.length === 0 ? [] : [{ ...server, urls }];
  });
  return { iceServers: usable, refused };
}

/** Leaves absent fields out: some browsers refuse `username: undefined`. */
function withoutUndefined({ urls, username, credential }: IceServer): RTCIceServer {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
