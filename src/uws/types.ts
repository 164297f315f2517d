/**
 * Types of the part of uWebSockets.js that Parley uses, for versions 20.51 and 20.69. Written without index signatures, so
 * that a misspelt name is a type error.
 */

import type { Borrowed } from '../lib/borrowed.ts';

/** Text or bytes to send: uWS encodes strings as UTF-8 and sends buffers as they are. */
export type UwsText = string | ArrayBuffer | Uint8Array | Borrowed;

/** An opaque handle, valid until it is closed. */
export interface ListenSocket {
  readonly brand: 'us_listen_socket';
}

/** An opaque handle, given by `upgrade` and passed to `HttpResponse.upgrade`. */
export interface SocketContext {
  readonly brand: 'us_socket_context';
}

/** An opaque handle. */
export interface AppDescriptor {
  readonly brand: 'app_descriptor';
}

/** Valid until the handler returns or awaits: copy what you need first. */
export interface HttpRequest {
  /** Lower case: `get`, `post`. */
  getMethod(): string;
  /** The path, without the query, as it was sent. */
  getUrl(): string;
  /** The query without `?`, undecoded; '' if there is none (undefined in some versions). */
  getQuery(): string | undefined;
  /** Returns the first header with a lower-case name, '' if there is none. */
  getHeader(lowerCaseName: string): string;
  /** Returns the value of the n-th `:name` in the route's pattern. */
  getParameter(index: number): string | undefined;
  /** Calls `each` for every header, repeated ones included, with its name in lower case. */
  forEach(each: (name: string, value: string) => void): void;
  /** Passes the request to the next matching route. */
  setYield(toNext: boolean): void;
}

/** Throws on any use after `end`, `close` or an abort. `onAborted` is mandatory before anything asynchronous. */
export interface HttpResponse {
  writeStatus(status: UwsText): HttpResponse;
  writeHeader(name: UwsText, value: UwsText): HttpResponse;
  write(chunk: UwsText): boolean;
  end(body?: UwsText, closeConnection?: boolean): HttpResponse;
  endWithoutBody(reportedBytes?: number, closeConnection?: boolean): HttpResponse;
  /** Returns [whether the kernel took everything, whether the response is complete]. */
  tryEnd(body: UwsText, totalBytes: number): [boolean, boolean];
  getWriteOffset(): number;
  onWritable(more: (offset: number) => boolean): HttpResponse;
  onAborted(aborted: () => void): HttpResponse;
  /** `chunk` is detached when the callback returns: copy it. */
  onData(data: (chunk: ArrayBuffer, isLast: boolean) => void): HttpResponse;
  /** Makes one write to the kernel of all that `run` writes. */
  cork(run: () => void): HttpResponse;
  /** Ends the connection without a reply. */
  close(): HttpResponse;
  pause(): void;
  resume(): void;
  /** The direct peer's address as text, IPv6 uncompressed; empty once the peer has left. */
  getRemoteAddressAsText(): ArrayBuffer;
  upgrade<Data>(data: Data, key: string, protocol: string, extensions: string, context: SocketContext): void;
}

/** Result of `send`: 0 buffered (will be sent), 1 sent, 2 dropped (will never arrive). */
export type SendStatus = 0 | 1 | 2;

/** Throws on any use after it closed, even in the close handler. */
export interface WebSocket<Data> {
  send(message: UwsText, isBinary?: boolean, compress?: boolean): SendStatus;
  /** Sends a close frame. */
  end(code?: number, reason?: UwsText): void;
  /** Ends the connection without a close frame: the client sees 1006. */
  close(): void;
  ping(message?: UwsText): SendStatus;
  cork(run: () => void): WebSocket<Data>;
  /** Bytes that wait to be read by the client. */
  getBufferedAmount(): number;
  getRemoteAddressAsText(): ArrayBuffer;
  subscribe(topic: string): boolean;
  unsubscribe(topic: string): boolean;
  publish(topic: string, message: UwsText, isBinary?: boolean, compress?: boolean): boolean;
}

/** A WebSocket with the fields of the user data that was passed to `upgrade`; the same object while it is open. */
export type UpgradedSocket<Data> = WebSocket<Data> & Readonly<Data>;

export interface WebSocketBehavior<Data> {
  /** Bytes; a larger message closes the connection (1006 in 20.51: no close frame is written). */
  maxPayloadLength?: number;
  /** Seconds without a frame from the client after which the connection is closed; 0: never. */
  idleTimeout?: number;
  /** Whether uWS sends pings, so that a quiet client doesn't reach `idleTimeout`. */
  sendPingsAutomatically?: boolean;
  /** Minutes; 0: no limit. */
  maxLifetime?: number;
  /** Max bytes that wait for a slow reader; beyond, messages are dropped. */
  maxBackpressure?: number;
  /** Whether `maxBackpressure` ends the connection instead of dropping messages silently. */
  closeOnBackpressureLimit?: boolean;
  compression?: number;
  /** Must answer synchronously, with `upgrade`, a reply, or `close`. */
  upgrade?: (res: HttpResponse, req: HttpRequest, context: SocketContext) => void;
  open?: (ws: UpgradedSocket<Data>) => void;
  /** `message` is detached when the handler returns. */
  message?: (ws: UpgradedSocket<Data>, message: ArrayBuffer, isBinary: boolean) => void;
  /** Called when a message was dropped because of `maxBackpressure`. */
  dropped?: (ws: UpgradedSocket<Data>, message: ArrayBuffer, isBinary: boolean) => void;
  /** Called when fewer bytes wait to be read. */
  drain?: (ws: UpgradedSocket<Data>) => void;
  ping?: (ws: UpgradedSocket<Data>, message: ArrayBuffer) => void;
  pong?: (ws: UpgradedSocket<Data>, message: ArrayBuffer) => void;
  /** `ws` can't be used any more, but its user data can. `code` is 1006 if no close frame came. */
  close?: (ws: UpgradedSocket<Data>, code: number, message: ArrayBuffer) => void;
}

export type RequestHandler = (res: HttpResponse, req: HttpRequest) => void;

/** What takes routes: an app, or several apps at once. */
export interface Routes {
  any(pattern: string, handler: RequestHandler): unknown;
  ws<Data>(pattern: string, behavior: WebSocketBehavior<Data>): unknown;
}

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
  /** Calls back synchronously, with false if it can't listen on the port. Port 0 takes any free one. */
  listen(
    host: string,
    port: number,
    options: number,
    listening: (socket: ListenSocket | false) => void,
  ): TemplatedApp;
  /** A handle of this app for `addChildAppDescriptor` of another. */
  getDescriptor(): AppDescriptor;
  /** Hands the connections that this app accepts from now on over to another one, in turn if there are several. */
  addChildAppDescriptor(child: AppDescriptor): void;
  removeChildAppDescriptor(child: AppDescriptor): void;
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
  /** @throws Error if the files can't be read, don't fit together, or are of a kind that it doesn't know */
  SSLApp(options: AppOptions): TemplatedApp;
  us_listen_socket_close(socket: ListenSocket): void;
  us_socket_local_port(socket: ListenSocket): number;
  /** Listen option: fail if another socket uses the port, instead of sharing it. */
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  /** Value of `WebSocketBehavior.compression` for no compression. */
  readonly DISABLED: number;
}
