import { messageOf, StartError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Engine } from '../core/engine.ts';
import { type Certificate, listenStream, type StreamListener } from './stream.ts';
import { bufferAdvice, type OpenUdp, type UdpSocket } from './udp.ts';

export interface ListenersDeps {
  readonly engine: Pick<Engine, 'listener' | 'connection'>;
  /** IP addresses, each with its own socket. */
  readonly datagram: readonly string[];
  readonly stream: readonly string[];
  readonly udp: boolean;
  readonly tcp: boolean;
  /** For UDP and TCP; 0: any that is free for both. */
  readonly port: number;
  readonly tlsPort: number;
  /** undefined: no TLS. */
  readonly certificate: Certificate | undefined;
  readonly openUdp: OpenUdp;
  readonly log: Log;
}

export interface Listeners {
  readonly port: number;
  readonly tlsPort: number | undefined;
  /** Stops listening for connections; datagram sockets are the engine's to close. */
  close(): void;
}

/** How often another port is tried where any will do and the first was free for one transport only. */
const TRIES = 16;

/** @throws StartError where a port is taken or the certificate is not good; nothing is left open then */
export async function openListeners(deps: ListenersDeps): Promise<Listeners> {
  for (let attempt = 1; ; attempt++) {
    const opened: (UdpSocket | StreamListener)[] = [];
    try {
      const port = await openPlain(deps, opened);
      const tlsPort = await openTls(deps, opened);
      const streams = opened.filter((listener) => !('send' in listener));
      return { port, tlsPort, close: () => closeAll(streams) };
    } catch (error) {
      closeAll(opened);
      if (deps.port === 0 && attempt < TRIES && isTaken(error)) continue;
      throw explained(error, deps);
    }
  }
}

async function openPlain(deps: ListenersDeps, opened: (UdpSocket | StreamListener)[]): Promise<number> {
  const { engine, openUdp } = deps;
  let port = deps.port;
  for (const address of deps.udp ? deps.datagram : []) {
    const socket = openUdp(address, port, (to, local) => engine.listener(to, local));
    opened.push(socket);
    port = socket.local.port;
    const advice = bufferAdvice(socket.receiveBuffer);
    if (advice !== undefined) deps.log.info(advice, { address });
  }
  for (const address of deps.tcp ? deps.stream : []) {
    const listener = await listenStream(address, port, undefined, (to, from) => engine.connection(to, from));
    opened.push(listener);
    port = listener.local.port;
  }
  return port;
}

async function openTls(
  { engine, stream, tlsPort, certificate }: ListenersDeps,
  opened: (UdpSocket | StreamListener)[],
): Promise<number | undefined> {
  if (certificate === undefined) return undefined;
  let port = tlsPort;
  for (const address of stream) {
    const listener = await listenStream(address, port, certificate, (to, from) =>
      engine.connection(to, from),
    );
    opened.push(listener);
    port = listener.local.port;
  }
  return port;
}

function closeAll(listeners: readonly { close(): void }[]): void {
  for (const listener of listeners) listener.close();
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function explained(error: unknown, { port, tlsPort }: ListenersDeps): StartError {
  const advice = isTaken(error)
    ? `: another program has it. Stop that one, or set listening-port (${port}) or tls-listening-port (${tlsPort})`
    : '';
  return new StartError(`the relay can't listen: ${messageOf(error)}${advice}`);
}
