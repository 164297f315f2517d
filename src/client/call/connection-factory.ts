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

/** Max connections that are made ahead: a call has rarely more others. */
export const READY_CONNECTIONS = 7;

/**
 * Creates the connections of a call. It creates the first one at once, before the room is entered: some browsers have
 * the constructor but refuse to construct (policy, lockdown mode, extensions), and who can't call must not enter. If the ICE servers
 * are known that early, it creates as many as will be used: their candidates are there when they are offered.
 */
export class ConnectionFactory {
  readonly #RTCPeerConnection: RtcConstructor;
  #configuration: RTCConfiguration;
  /** Those that nobody uses yet. */
  #ready: RTCPeerConnection[] = [];
  /** Whether `#ready` have had their ICE servers from the start: setting them again would throw away their candidates. */
  #ahead: boolean;

  /**
   * @param configuration with `iceServers` if they are known
   * @param count how many connections will be needed at once
   * @throws ParleyClientError `unsupported`
   */
  constructor(RTCPeerConnection: RtcConstructor | undefined, configuration: RTCConfiguration, count = 1) {
    if (typeof RTCPeerConnection !== 'function') {
      throw new ParleyClientError(
        'unsupported',
        `This browser has no WebRTC, or it is switched off. ${ADVICE}`,
      );
    }
    this.#RTCPeerConnection = RTCPeerConnection;
    this.#configuration = configuration;
    this.#ahead = configuration.iceServers !== undefined;
    try {
      for (let each = 0; each < Math.min(count, READY_CONNECTIONS); each += 1)
        this.#ready.push(new RTCPeerConnection(configuration));
    } catch (cause) {
      this.close();
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
    const [spare] = this.#ready;
    if (spare === undefined) return;
    const configuration = { ...this.#configuration, certificates: [certificate] };
    try {
      const certified = new this.#RTCPeerConnection(configuration);
      spare.close();
      this.#ready[0] = certified;
      this.#configuration = configuration;
    } catch {
      // It has expired, by this browser's clock. Each connection makes one of its own.
    }
  }

  /** @throws whatever the browser throws if it can't create another */
  take(): RTCPeerConnection {
    return this.#ready.shift() ?? new this.#RTCPeerConnection(this.#configuration);
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
    if (this.#keepAhead(servers, iceTransportPolicy)) return [];
    const { iceTransportPolicy: before = 'all' } = this.#configuration;
    // What they have gathered is of the policy before, such as this side's own addresses.
    if (iceTransportPolicy !== undefined && iceTransportPolicy !== before) this.close();
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
    for (const spare of this.#ready.splice(1)) spare.close();
    this.#configureSpare(this.#configuration);
    for (const connection of used) {
      try {
        connection.configure(this.#configuration);
      } catch {
        // This connection keeps its old servers; the others need the new ones all the same.
      }
    }
    return refused;
  }

  /** Closes those that nobody uses: the network has changed, and their candidates are of the one before. */
  refresh(): void {
    this.close();
    this.#ahead = false;
  }

  close(): void {
    for (const spare of this.#ready.splice(0)) spare.close();
  }

  /**
   * Leaves connections that were made ahead as they are, the first time that the same servers come again: the credentials of
   * a held place go on being valid for whoever takes it [RM8].
   */
  #keepAhead(servers: readonly IceServer[], policy = this.#configuration.iceTransportPolicy): boolean {
    const ahead = this.#ahead && this.#ready.length > 0;
    this.#ahead = false;
    const { iceServers: known = [], iceTransportPolicy } = this.#configuration;
    const urlsOf = (list: readonly IceServer[] | readonly RTCIceServer[]): string =>
      JSON.stringify(list.map(({ urls }) => [urls].flat()));
    if (!ahead || policy !== iceTransportPolicy || urlsOf(servers) !== urlsOf(known)) return false;
    this.#configuration = { ...this.#configuration, iceServers: servers.map(withoutUndefined) };
    return true;
  }

  #spareAsJudge(): Configurable {
    if (this.#ready.length === 0) this.#ready.push(new this.#RTCPeerConnection(this.#configuration));
    return { configure: (configuration) => this.#configureSpare(configuration) };
  }

  /** Firefox before 119 can't configure an existing connection: it is replaced. */
  #configureSpare(configuration: RTCConfiguration): void {
    const [spare] = this.#ready;
    if (spare === undefined) return;
    if (typeof spare.setConfiguration === 'function') spare.setConfiguration(configuration);
    else {
      this.#ready[0] = new this.#RTCPeerConnection(configuration);
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
export function withoutUndefined({ urls, username, credential }: IceServer): RTCIceServer {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
