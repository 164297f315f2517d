import type { IceServer } from '../../protocol/fields.ts';
import { ParleyClientError } from '../errors.ts';
import type { JoinOptions } from '../types.ts';
import type { ConnectionFactory } from './connection-factory.ts';
import type { Link } from './link.ts';
import type { Remote } from './remote.ts';

interface PathsDeps {
  readonly connections: Pick<ConnectionFactory, 'configure'>;
  readonly remotes: () => readonly PathRemote[];
  readonly options: PathOptions;
  readonly onError: (error: unknown) => void;
}

/** A peer, as the ways to it see it. */
type PathRemote = Pick<Remote, 'renewPath'> & { readonly connection: Pick<Link, 'configure'> | undefined };

export type PathOptions = Pick<JoinOptions, 'rtc' | 'hideAddress'>;

/** The configuration of every connection, before the server has named its ICE servers. */
export function baseConfiguration({ rtc, hideAddress }: PathOptions): RTCConfiguration {
  return {
    iceTransportPolicy: hideAddress === true ? 'relay' : (rtc?.iceTransportPolicy ?? 'all'),
    bundlePolicy: 'max-bundle',
    // Candidates are looked for as soon as there is a connection, not only once it is described.
    iceCandidatePoolSize: 1,
  };
}

/** Which ICE servers and candidates a call's connections use: the room, or this side, may ask for relay candidates only. */
export class Paths {
  readonly #deps: PathsDeps;
  #servers: readonly IceServer[] = [];
  /** Whether the room hides everybody's address. */
  #relayOnly = false;
  /** Whether this side hides its own. */
  #hides: boolean;

  constructor(deps: PathsDeps) {
    this.#deps = deps;
    this.#hides = deps.options.hideAddress === true;
  }

  /** Whether this side hides its own address, whatever the room says. */
  get hidesAddress(): boolean {
    return this.#hides;
  }

  /** Whether all must hide their addresses, so that no other may be used here. */
  get relayOnly(): boolean {
    return this.#relayOnly;
  }

  /** Whether no address of this side may leave it. */
  get hidden(): boolean {
    return this.#policy === 'relay';
  }

  /** Why nobody can be reached: this side's address must be hidden, and there is no relay to do it; else undefined. */
  get refusal(): ParleyClientError | undefined {
    return this.hidden ? this.#missingRelay() : undefined;
  }

  /** Call it on entry, before there are connections. */
  enter(servers: readonly IceServer[], relayOnly: boolean): void {
    const changed = this.#relayOnly !== relayOnly;
    this.#relayOnly = relayOnly;
    this.setServers(servers);
    // Also if this side hides its own anyhow: the other may leave it to this one.
    if (changed) this.#renew(false);
  }

  setServers(servers: readonly IceServer[]): void {
    this.#servers = servers;
    const { connections, remotes, onError } = this.#deps;
    const links = remotes().flatMap(({ connection }) => connection ?? []);
    for (const { url, cause } of connections.configure(servers, links, this.#policy)) {
      const text = `This browser refuses the ICE server ${url}; it is left out.`;
      onError(new ParleyClientError('unsupported', text, { cause }));
    }
    const { refusal } = this;
    if (refusal !== undefined) onError(refusal);
  }

  /** Connections that are open look for another path if this changes. */
  setRelayOnly(relayOnly: boolean): void {
    if (relayOnly !== this.#relayOnly) this.enter(this.#servers, relayOnly);
  }

  /**
   * Hides this side's address from now on, or shows it again: connections that are open look for another path.
   * @throws ParleyClientError `no_relay`
   */
  setHidden(hides: boolean): void {
    if (hides === this.#hides) return;
    const missing = hides ? this.#missingRelay() : undefined;
    if (missing !== undefined) throw missing;
    const { hidden } = this;
    this.#hides = hides;
    if (hidden === this.hidden) return;
    this.setServers(this.#servers);
    this.#renew(true);
  }

  get #policy(): RTCIceTransportPolicy {
    return this.#relayOnly || this.#hides ? 'relay' : (this.#deps.options.rtc?.iceTransportPolicy ?? 'all');
  }

  #missingRelay(): ParleyClientError | undefined {
    if (this.#servers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/i.test(url))))
      return undefined;
    return new ParleyClientError(
      'no_relay',
      'An address can only be hidden behind a TURN relay, and this server offers none. Join without `hideAddress`, or ask the operator to run one.',
    );
  }

  #renew(alone: boolean): void {
    for (const remote of this.#deps.remotes()) remote.renewPath({ alone, hidden: this.hidden });
  }
}
