/**
 * The part of uWebSockets.js that Parley uses, in its own words. Hand-written, without index signatures, so that a
 * misspelt name is a type error; valid for 20.51 and 20.69.
 */

import type { Borrowed } from '../lib/borrowed.ts';

/** What uWS takes as text: strings become UTF-8, buffers are sent as they are. */
export type UwsText = string | ArrayBuffer | Uint8Array | Borrowed;

/** An opaque handle. Valid until it is closed. */
export interface ListenSocket {
  readonly brand: 'us_listen_socket';
}

/** An opaque handle, given by `upgrade` and passed to `HttpResponse.upgrade`. */
export interface SocketContext {
  readonly brand: 'us_socket_context';
}

/** Lives until the handler returns or awaits: copy what is needed first. */
export interface HttpRequest {
  /** Lower case: `get`, `post`. */
  getMethod(): string;
  /** The path, without the query, as it was sent. */
  getUrl(): string;
  /** The query without `?`, undecoded; '' where there is none (undefined in some versions). */
  getQuery(): string | undefined;
  /** @param lowerCaseName of the header. '' where there is none; the first one where there are several. */
  getHeader(lowerCaseName: string): string;
  /** The n-th `:name` of the route's pattern. */
  getParameter(index: number): string | undefined;
  /** Every header as it was sent, repeated ones included, names in lower case. */
  forEach(each: (name: string, value: string) => void): void;
  /** Leaves the request to the next matching route. */
  setYield(toNext: boolean): void;
}

/** Throws on any use after `end`, `close` or an abort. `onAborted` is mandatory before anything asynchronous. */
export interface HttpResponse {
  writeStatus(status: UwsText): HttpResponse;
  writeHeader(name: UwsText, value: UwsText): HttpResponse;
  write(chunk: UwsText): boolean;
  end(body?: UwsText, closeConnection?: boolean): HttpResponse;
  endWithoutBody(reportedBytes?: number, closeConnection?: boolean): HttpResponse;
  /** @returns [everything was accepted by the kernel, the response is complete] */
  tryEnd(body: UwsText, totalBytes: number): [boolean, boolean];
  getWriteOffset(): number;
  onWritable(more: (offset: number) => boolean): HttpResponse;
  onAborted(aborted: () => void): HttpResponse;
  /** `chunk` is detached when the handler returns: copy it. */
  onData(data: (chunk: ArrayBuffer, isLast: boolean) => void): HttpResponse;
  /** One write to the kernel for all that `run` writes. */
  cork(run: () => void): HttpResponse;
  /** Ends the connection without a reply. */
  close(): HttpResponse;
  pause(): void;
  resume(): void;
  /** The direct peer as text, IPv6 uncompressed; empty once it is gone. */
  getRemoteAddressAsText(): ArrayBuffer;
  upgrade<Data>(data: Data, key: string, protocol: string, extensions: string, context: SocketContext): void;
}

/** `send`'s answers: 0 buffered and will arrive, 1 sent, 2 dropped and will never arrive. */
export type SendStatus = 0 | 1 | 2;

/** Throws on any use after it has closed, inside the close handler too. */
export interface WebSocket<Data> {
  send(message: UwsText, isBinary?: boolean, compress?: boolean): SendStatus;
  /** Sends a close frame. */
  end(code?: number, reason?: UwsText): void;
  /** Ends the connection without a close frame: the other side sees 1006. */
  close(): void;
  ping(message?: UwsText): SendStatus;
  cork(run: () => void): WebSocket<Data>;
  /** Bytes that wait to be read by the other side. */
  getBufferedAmount(): number;
  getRemoteAddressAsText(): ArrayBuffer;
  subscribe(topic: string): boolean;
  unsubscribe(topic: string): boolean;
  publish(topic: string, message: UwsText, isBinary?: boolean, compress?: boolean): boolean;
}

/** The same object for as long as it is open, on which `upgrade` put the fields of the user data. */
export type UpgradedSocket<Data> = WebSocket<Data> & Readonly<Data>;

export interface WebSocketBehavior<Data> {
  /** Bytes; a larger message closes the connection (1006 in 20.51: no close frame is written). */
  maxPayloadLength?: number;
  /** Seconds without a frame from the client before the connection is closed; 0: never. */
  idleTimeout?: number;
  /** Whether uWS pings by itself so that `idleTimeout` is not reached by a quiet client. */
  sendPingsAutomatically?: boolean;
  /** Minutes; 0: no limit. */
  maxLifetime?: number;
  /** Bytes that may wait for a slow reader before messages are dropped. */
  maxBackpressure?: number;
  /** Ends the connection at `maxBackpressure`, in place of dropping silently. */
  closeOnBackpressureLimit?: boolean;
  compression?: number;
  /** Must be answered synchronously: `upgrade`, a reply, or `close`. */
  upgrade?: (res: HttpResponse, req: HttpRequest, context: SocketContext) => void;
  open?: (ws: UpgradedSocket<Data>) => void;
  /** `message` is detached when the handler returns. */
  message?: (ws: UpgradedSocket<Data>, message: ArrayBuffer, isBinary: boolean) => void;
  /** A message went past `maxBackpressure`. */
  dropped?: (ws: UpgradedSocket<Data>, message: ArrayBuffer, isBinary: boolean) => void;
  /** What waited has become less. */
  drain?: (ws: UpgradedSocket<Data>) => void;
  ping?: (ws: UpgradedSocket<Data>, message: ArrayBuffer) => void;
  pong?: (ws: UpgradedSocket<Data>, message: ArrayBuffer) => void;
  /** `ws` is no longer usable, its user data is. 1006 where no close frame came. */
  close?: (ws: UpgradedSocket<Data>, code: number, message: ArrayBuffer) => void;
}

export type RequestHandler = (res: HttpResponse, req: HttpRequest) => void;

export interface TemplatedApp {
  get(pattern: string, handler: RequestHandler): TemplatedApp;
  post(pattern: string, handler: RequestHandler): TemplatedApp;
  put(pattern: string, handler: RequestHandler): TemplatedApp;
  patch(pattern: string, handler: RequestHandler): TemplatedApp;
  del(pattern: string, handler: RequestHandler): TemplatedApp;
  head(pattern: string, handler: RequestHandler): TemplatedApp;
  options(pattern: string, handler: RequestHandler): TemplatedApp;
  any(pattern: string, handler: RequestHandler): TemplatedApp;
  ws<Data>(pattern: string, behavior: WebSocketBehavior<Data>): TemplatedApp;
  publish(topic: string, message: UwsText, isBinary?: boolean, compress?: boolean): boolean;
  numSubscribers(topic: string): number;
  /** Calls back at once, with false when the port can't be had. Port 0: any free one. */
  listen(
    host: string,
    port: number,
    options: number,
    listening: (socket: ListenSocket | false) => void,
  ): TemplatedApp;
  /** Ends every connection (clients see 1006) and every listen socket. */
  close(): TemplatedApp;
}

export interface AppOptions {
  key_file_name?: string;
  cert_file_name?: string;
  passphrase?: string;
}

export interface Uws {
  App(options?: AppOptions): TemplatedApp;
  SSLApp(options: AppOptions): TemplatedApp;
  us_listen_socket_close(socket: ListenSocket): void;
  us_socket_local_port(socket: ListenSocket): number;
  /** A listen option: fail when another socket has the port, in place of sharing it. */
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  /** For `WebSocketBehavior.compression`: none. */
  readonly DISABLED: number;
}
