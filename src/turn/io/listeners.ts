import { messageOf, StartError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Engine } from '../core/engine.ts';
import { LocalConnections } from './local-connections.ts';
import { type Certificate, listenStream, type StreamListener } from './stream.ts';
import { bufferAdvice, codeOf, type OpenUdp, type UdpSocket } from './udp.ts';

export interface ListenersDeps {
  readonly engine: Pick<Engine, 'listener' | 'connection' | 'unlisten'>;
  readonly udp: boolean;
  readonly tcp: boolean;
  /** For UDP and TCP; 0: any that is free for both. */
  readonly port: number;
  readonly tlsPort: number;
  /** undefined: no TLS. */
  readonly certificate: Certificate | undefined;
  readonly openUdp: OpenUdp;
  readonly clock: Clock;
  readonly log: Log;
  /** `problems()` may have changed. */
  readonly onChange: () => void;
}

/** Where to listen. */
export interface ListeningAddresses {
  /** IP addresses, each with its own socket. */
  readonly datagram: readonly string[];
  readonly stream: readonly string[];
  /** Every address that this machine has now. */
  readonly own: readonly string[];
}

type Transport = 'UDP' | 'TCP' | 'TLS';

interface Place {
  readonly transport: Transport;
  readonly address: string;
}

type Opened = Place &
  (
    | { readonly kind: 'udp'; readonly socket: UdpSocket }
    | { readonly kind: 'stream'; readonly listener: StreamListener }
  );

/** A listener that can't be opened. */
export interface Failure extends Place {
  /** The system's name for it (EADDRNOTAVAIL …). */
  readonly code: string;
  /** The whole message, with address and port. */
  readonly why: string;
}

/** How often another port is tried where any will do and the first was free for one transport only. */
const TRIES = 16;
/** Milliseconds between attempts to listen where it failed: an address may still be in duplicate detection. */
const RETRY_MS = 1_000;

/**
 * The relay's listeners, which follow the machine's addresses. One that can't be opened is reported and tried again;
 * the others work meanwhile.
 */
export class Listeners {
  readonly #deps: ListenersDeps;
  readonly #opened = new Map<string, Opened>();
  /** Why the others are not open, by their names. */
  readonly #failed = new Map<string, Failure>();
  readonly #connections: LocalConnections;
  #wanted: ListeningAddresses = { datagram: [], stream: [], own: [] };
  #certificate: Certificate | undefined;
  #port: number;
  #tlsPort: number;
  /** Changes are made one after the other: to listen on TCP takes a turn of the event loop. */
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

  /** @throws StartError if a port is taken or the certificate is not good; nothing is left open then */
  async open(wanted: ListeningAddresses): Promise<void> {
    this.#wanted = wanted;
    for (let attempt = 1; ; attempt++) {
      await this.#openMissing();
      const fatal = [...this.#failed.values()].find((failure) => !isPassing(failure));
      if (fatal === undefined) break;
      this.#closeIf(() => true);
      this.#failed.clear();
      this.#port = this.#deps.port;
      this.#tlsPort = this.#deps.tlsPort;
      if (this.#deps.port === 0 && attempt < TRIES && fatal.code === 'EADDRINUSE') continue;
      throw explained(fatal, this.#deps);
    }
    this.#started = true;
    for (const failure of this.#failed.values()) this.#tell(failure);
    this.#settled();
  }

  /** The machine's addresses changed. */
  follow(wanted: ListeningAddresses): Promise<void> {
    return this.#next(async () => {
      const gone = new Set(this.#wanted.own.filter((address) => !wanted.own.includes(address)));
      this.#wanted = wanted;
      const names = new Set(this.#places().map(nameOf));
      this.#closeIf((name) => !names.has(name));
      for (const name of this.#failed.keys()) if (!names.has(name)) this.#failed.delete(name);
      this.#connections.closeAt(gone);
      await this.#openMissing();
      this.#settled();
    });
  }

  /** New TLS connections get this certificate. */
  renew(certificate: Certificate): Promise<void> {
    return this.#next(async () => {
      this.#certificate = certificate;
      for (const opened of this.#opened.values()) {
        if (opened.kind === 'stream' && opened.transport === 'TLS') opened.listener.renew(certificate);
      }
    });
  }

  /** Which listeners are not open, and why. */
  problems(): readonly Failure[] {
    return [...this.#failed.values()];
  }

  /** Stops listening for connections; datagram sockets are the engine's to close. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    for (const opened of this.#opened.values()) if (opened.kind === 'stream') opened.listener.close();
    this.#opened.clear();
  }

  #places(): Place[] {
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
    for (const place of this.#places()) {
      const name = nameOf(place);
      if (this.#closed || this.#opened.has(name)) continue;
      try {
        const opened = place.transport === 'UDP' ? this.#openUdp(place.address) : await this.#listen(place);
        this.#opened.set(name, { ...place, ...opened });
        if (this.#failed.delete(name)) this.#deps.log.info('the relay listens here now', { ...place });
      } catch (error) {
        this.#fail({ ...place, code: codeOf(error), why: messageOf(error) });
      }
    }
    // It was closed while one of them came to listen.
    if (this.#closed) this.#closeIf(() => true);
  }

  #fail(failure: Failure): void {
    const name = nameOf(failure);
    const isNews = this.#failed.get(name)?.why !== failure.why;
    this.#failed.set(name, failure);
    if (isNews && this.#started) this.#tell(failure);
  }

  #tell({ transport, address, why }: Failure): void {
    this.#deps.log.warn("the relay can't listen here; it tries again each second", {
      transport,
      address,
      why,
    });
  }

  #openUdp(address: string): { kind: 'udp'; socket: UdpSocket } {
    const { engine, openUdp, log } = this.#deps;
    const socket = openUdp(address, this.#port, (to, local) => engine.listener(to, local));
    this.#port = socket.local.port;
    const advice = bufferAdvice(socket.receiveBuffer);
    if (advice !== undefined) log.info(advice, { address });
    return { kind: 'udp', socket };
  }

  async #listen({ transport, address }: Place): Promise<{ kind: 'stream'; listener: StreamListener }> {
    const isTls = transport === 'TLS';
    const certificate = isTls ? this.#certificate : undefined;
    const port = isTls ? this.#tlsPort : this.#port;
    const listener = await listenStream(address, port, certificate, this.#connections.accept);
    if (isTls) this.#tlsPort = listener.local.port;
    else this.#port = listener.local.port;
    return { kind: 'stream', listener };
  }

  #closeIf(isOver: (name: string) => boolean): void {
    for (const [name, opened] of this.#opened) {
      if (!isOver(name)) continue;
      this.#opened.delete(name);
      if (opened.kind === 'stream') opened.listener.close();
      else this.#deps.engine.unlisten(opened.socket);
    }
  }

  #settled(): void {
    this.#cancelRetry();
    if (this.#failed.size > 0 && !this.#closed) {
      this.#cancelRetry = this.#deps.clock.after(RETRY_MS, () => void this.#next(() => this.#tryAgain()));
    }
    this.#deps.onChange();
  }

  async #tryAgain(): Promise<void> {
    await this.#openMissing();
    this.#settled();
  }

  #next(change: () => Promise<void>): Promise<void> {
    this.#work = this.#work
      .then(() => (this.#closed ? undefined : change()))
      .catch((error: unknown) => this.#deps.log.error('the relay could not change its listeners', { error }));
    return this.#work;
  }
}

function nameOf({ transport, address }: Place): string {
  return `${transport} ${address}`;
}

/** The address is not there yet, or in duplicate detection still, or IPv6 is switched off: no fault of the settings. */
function isPassing({ code }: Failure): boolean {
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function explained({ code, why }: Failure, { port, tlsPort }: ListenersDeps): StartError {
  const advice =
    code === 'EADDRINUSE'
      ? `: another program has it. Stop that one, or set listening-port (${port}) or tls-listening-port (${tlsPort})`
      : '';
  return new StartError(`the relay can't listen: ${why}${advice}`);
}
