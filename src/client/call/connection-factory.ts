import type { IceServer } from '../../protocol/fields.ts';
import { ParleyClientError } from '../errors.ts';

/** The browser's WebRTC, or another of the same shape. */
export type RtcConstructor = new (configuration: RTCConfiguration) => RTCPeerConnection;

/** An ICE server's URL that this browser doesn't take, and its reason. */
export interface RefusedUrl {
  readonly url: string;
  readonly cause: unknown;
}

/** What can be given another configuration: a connection of the call. */
export interface Configurable {
  /** Throws as RTCPeerConnection's `setConfiguration` does. */
  configure(configuration: RTCConfiguration): void;
}

/**
 * Makes the connections of a call. The first one is made before the room is entered: some browsers have the
 * constructor and refuse to construct (policy, lockdown mode, extensions), and whoever can't call must not come in.
 */
export class Supply {
  readonly #RTCPeerConnection: RtcConstructor;
  #configuration: RTCConfiguration;
  #spare: RTCPeerConnection | undefined;

  /** @throws ParleyClientError `unsupported` */
  constructor(RTCPeerConnection: RtcConstructor | undefined, configuration: RTCConfiguration) {
    if (typeof RTCPeerConnection !== 'function') {
      throw new ParleyClientError('unsupported', 'This browser has no WebRTC, or it is switched off.');
    }
    this.#RTCPeerConnection = RTCPeerConnection;
    this.#configuration = configuration;
    try {
      this.#spare = new RTCPeerConnection(configuration);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ParleyClientError('unsupported', `This browser makes no RTCPeerConnection: ${why}`, {
        cause,
      });
    }
  }

  /** @throws what the browser throws if it makes no more */
  take(): RTCPeerConnection {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare ?? new this.#RTCPeerConnection(this.#configuration);
  }

  /**
   * Gives all connections, and those to come, the servers that this browser takes. One URL that it doesn't
   * (`stun:…?transport=udp` in Chromium, TURN without a credential anywhere) would otherwise make each of them fail.
   * @param used the connections that were taken and are open
   * @returns the URLs that are left out
   */
  configure(servers: readonly IceServer[], used: readonly Configurable[]): readonly RefusedUrl[] {
    const judge = used[0] ?? this.#ownJudge();
    const refusal = (iceServers: RTCIceServer[]): unknown => {
      try {
        judge.configure({ ...this.#configuration, iceServers });
        return undefined;
      } catch (error) {
        return error ?? new Error('refused without a reason');
      }
    };
    const { iceServers, refused } = usableServers(servers, refusal);
    this.#configuration = { ...this.#configuration, iceServers };
    if (this.#spare !== undefined) this.#configureSpare(this.#spare, this.#configuration);
    for (const connection of used) {
      try {
        connection.configure(this.#configuration);
      } catch {
        // It goes on with the servers that it has: the others need the new ones none the less.
      }
    }
    return refused;
  }

  close(): void {
    this.#spare?.close();
    this.#spare = undefined;
  }

  #ownJudge(): Configurable {
    this.#spare ??= new this.#RTCPeerConnection(this.#configuration);
    return { configure: (configuration) => this.#spare && this.#configureSpare(this.#spare, configuration) };
  }

  /** Firefox before 119 can't configure a connection that exists. */
  #configureSpare(spare: RTCPeerConnection, configuration: RTCConfiguration): void {
    if (typeof spare.setConfiguration === 'function') spare.setConfiguration(configuration);
    else {
      this.#spare = new this.#RTCPeerConnection(configuration);
      spare.close();
    }
  }
}

/** @param refusal why the browser doesn't take these; undefined if it does */
export function usableServers(
  servers: readonly IceServer[],
  refusal: (servers: RTCIceServer[]) => unknown,
): { readonly iceServers: RTCIceServer[]; readonly refused: readonly RefusedUrl[] } {
  const iceServers = servers.map(inBrowsersForm);
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

/** An absent field stays absent: browsers refuse `username: undefined` in part. */
function inBrowsersForm({ urls, username, credential }: IceServer): RTCIceServer {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
