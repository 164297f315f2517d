import { messageOf, StartError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Engine } from '../core/engine.ts';
import { LocalConnections } from './local-connections.ts';
import { type Certificate, listenStream, type StreamListener } from './stream.ts';
import { bufferAdvice, codeOf, type OpenUdp, type UdpSocket } from './udp.ts';

export interface ListenersDeps {
  readonly engine: Pick<Engine, 'addListener' | 'addConnection' | 'closeListener'>;
  readonly udp: boolean;
  readonly tcp: boolean;
  /** Of UDP and TCP; 0: any port that is free for both. */
  readonly port: number;
  readonly tlsPort: number;
  /** undefined: no TLS. */
  readonly certificate: Certificate | undefined;
  readonly openUdp: OpenUdp;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when `problems()` may have changed. */
  readonly onChange: () => void;
}

/** IP addresses to listen on. */
export interface ListeningAddresses {
  readonly datagram: readonly string[];
  readonly stream: readonly string[];
  /** All addresses of this machine. */
  readonly own: readonly string[];
}

type Transport = 'UDP' | 'TCP' | 'TLS';

/** What a listener is for. */
interface ListenerKey {
  readonly transport: Transport;
  readonly address: string;
}

type OpenListener = ListenerKey &
  (
    | { readonly kind: 'udp'; readonly socket: UdpSocket }
    | { readonly kind: 'stream'; readonly listener: StreamListener }
  );

/** A listener that couldn't be opened. */
export interface ListenFailure extends ListenerKey {
  /** The system's error code (EADDRNOTAVAIL …). */
  readonly code: string;
  /** The system's message, with address and port. */
  readonly reason: string;
}

/** Max ports that are tried if any will do but one is free for UDP or TCP only. */
const MAX_TRIES = 16;
/** Milliseconds between attempts to open a listener: an IPv6 address may still be in duplicate address detection. */
const RETRY_MS = 1_000;

/** The relay's listeners. One that can't be opened is reported and tried again while the others work. */
export class Listeners {
  readonly #deps: ListenersDeps;
  readonly #opened = new Map<string, OpenListener>();
  readonly #failed = new Map<string, ListenFailure>();
  readonly #connections: LocalConnections;
  #wanted: ListeningAddresses = { datagram: [], stream: [], own: [] };
  #certificate: Certificate | undefined;
  #port: number;
  #tlsPort: number;
  /** Changes run one after the other, as listening on TCP is asynchronous. */
  #work: Promise<void> = Promise.resolve();
  #cancelRetry = () => {};
  #started = false;
  #closed = false;

  constructor(deps: ListenersDeps) {
    this.#deps = deps;
    this.#connections = new LocalConnections(deps.engine);
    this.#certificate = deps.certificate;
    this.#port = deps.port;
    this.#tlsPort = deps.tlsPort;
  }

  get port(): number {
    return this.#port;
  }

  get tlsPort(): number | undefined {
    return this.#certificate === undefined ? undefined : this.#tlsPort;
  }

  /** @throws StartError if a port is in use or the certificate is invalid; nothing is left open then */
  async open(wanted: ListeningAddresses): Promise<void> {
    this.#wanted = wanted;
    for (let attempt = 1; ; attempt++) {
      await this.#openMissing();
      const fatal = [...this.#failed.values()].find((failure) => !isTemporary(failure));
      if (fatal === undefined) break;
      this.#closeIf(() => true);
      this.#failed.clear();
      this.#port = this.#deps.port;
      this.#tlsPort = this.#deps.tlsPort;
      if (this.#deps.port === 0 && attempt < MAX_TRIES && fatal.code === 'EADDRINUSE') continue;
      throw startError(fatal, this.#deps);
    }
    this.#started = true;
    for (const failure of this.#failed.values()) this.#warn(failure);
    this.#changed();
  }

  /** Opens and closes listeners so that they are on these addresses. */
  setAddresses(wanted: ListeningAddresses): Promise<void> {
    return this.#enqueue(async () => {
      const gone = new Set(this.#wanted.own.filter((address) => !wanted.own.includes(address)));
      this.#wanted = wanted;
      const names = new Set(this.#wantedListeners().map(nameOf));
      this.#closeIf((name) => !names.has(name));
      for (const name of this.#failed.keys()) if (!names.has(name)) this.#failed.delete(name);
      this.#connections.closeAt(gone);
      await this.#openMissing();
      this.#changed();
    });
  }

  /** Uses this certificate for new TLS connections. */
  setCertificate(certificate: Certificate): Promise<void> {
    return this.#enqueue(async () => {
      this.#certificate = certificate;
      for (const opened of this.#opened.values()) {
        if (opened.kind === 'stream' && opened.transport === 'TLS')
          opened.listener.setCertificate(certificate);
      }
    });
  }

  /** The listeners that aren't open, with the reasons. */
  problems(): readonly ListenFailure[] {
    return [...this.#failed.values()];
  }

  /** Stops listening for connections; the engine closes UDP listeners. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    for (const opened of this.#opened.values()) if (opened.kind === 'stream') opened.listener.close();
    this.#opened.clear();
  }

  #wantedListeners(): ListenerKey[] {
    const { udp, tcp } = this.#deps;
    const { datagram, stream } = this.#wanted;
    const tls = this.#certificate !== undefined;
    return [
      ...(udp ? datagram.map((address) => ({ transport: 'UDP', address }) as const) : []),
      ...(tcp ? stream.map((address) => ({ transport: 'TCP', address }) as const) : []),
      ...(tls ? stream.map((address) => ({ transport: 'TLS', address }) as const) : []),
    ];
  }

  async #openMissing(): Promise<void> {
    for (const key of this.#wantedListeners()) {
      const name = nameOf(key);
      if (this.#closed || this.#opened.has(name)) continue;
      try {
        const opened = key.transport === 'UDP' ? this.#openUdp(key.address) : await this.#listen(key);
        this.#opened.set(name, { ...key, ...opened });
        if (this.#failed.delete(name))
          this.#deps.log.info('the relay listens on an address where it could not before', { ...key });
      } catch (error) {
        this.#fail({ ...key, code: codeOf(error), reason: messageOf(error) });
      }
    }
    // `close` was called while one of them was opening.
    if (this.#closed) this.#closeIf(() => true);
  }

  #fail(failure: ListenFailure): void {
    const name = nameOf(failure);
    const isNew = this.#failed.get(name)?.reason !== failure.reason;
    this.#failed.set(name, failure);
    if (isNew && this.#started) this.#warn(failure);
  }

  #warn({ transport, address, reason }: ListenFailure): void {
    this.#deps.log.warn("the relay can't listen on this address; it tries again every second", {
      transport,
      address,
      reason,
    });
  }

  #openUdp(address: string): { kind: 'udp'; socket: UdpSocket } {
    const { engine, openUdp, log } = this.#deps;
    const socket = openUdp(address, this.#port, (to, local) => engine.addListener(to, local));
    this.#port = socket.local.port;
    const advice = bufferAdvice(socket.receiveBufferBytes);
    if (advice !== undefined) log.info(advice, { address });
    return { kind: 'udp', socket };
  }

  async #listen({ transport, address }: ListenerKey): Promise<{ kind: 'stream'; listener: StreamListener }> {
    const isTls = transport === 'TLS';
    const certificate = isTls ? this.#certificate : undefined;
    const port = isTls ? this.#tlsPort : this.#port;
    const listener = await listenStream(address, port, certificate, this.#connections.accept);
    if (isTls) this.#tlsPort = listener.local.port;
    else this.#port = listener.local.port;
    return { kind: 'stream', listener };
  }

  #closeIf(matches: (name: string) => boolean): void {
    for (const [name, opened] of this.#opened) {
      if (!matches(name)) continue;
      this.#opened.delete(name);
      if (opened.kind === 'stream') opened.listener.close();
      else this.#deps.engine.closeListener(opened.socket);
    }
  }

  #changed(): void {
    this.#cancelRetry();
    if (this.#failed.size > 0 && !this.#closed) {
      this.#cancelRetry = this.#deps.clock.after(RETRY_MS, () => void this.#enqueue(() => this.#retry()));
    }
    this.#deps.onChange();
  }

  async #retry(): Promise<void> {
    await this.#openMissing();
    this.#changed();
  }

  #enqueue(change: () => Promise<void>): Promise<void> {
    this.#work = this.#work
      .then(() => (this.#closed ? undefined : change()))
      .catch((error: unknown) => this.#deps.log.error("the relay couldn't change its listeners", { error }));
    return this.#work;
  }
}

function nameOf({ transport, address }: ListenerKey): string {
  return `${transport} ${address}`;
}

/** Whether the settings aren't at fault: the address isn't there yet, or IPv6 is disabled. */
function isTemporary({ code }: ListenFailure): boolean {
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function startError({ code, reason }: ListenFailure, { port, tlsPort }: ListenersDeps): StartError {
  const advice =
    code === 'EADDRINUSE'
      ? `: the port is in use. Stop the other program, or set listening-port (${port}) or tls-listening-port (${tlsPort})`
      : '';
  return new StartError(`the relay can't listen: ${reason}${advice}`);
}
