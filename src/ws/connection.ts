import type { AddressResolver } from '../lib/addresses.ts';
import type { Borrowed } from '../lib/borrowed.ts';
import type { Requester } from '../lib/continuation.ts';
import { CLOSE_REASONS, type CloseCode } from '../protocol/codes.ts';
import type { PeerSocket } from '../signaling/session/peer-socket.ts';
import type { Session } from '../signaling/session/session.ts';
import type { WebSocket } from '../uws/types.ts';
import type { Handshake } from './handshake.ts';

const OUTCOMES = ['buffered', 'sent', 'dropped'] as const;

/** uWS copies the fields of the user data onto its own socket object, so a class instance would lose its methods. */
export interface UserData {
  readonly connection: Connection;
}

/** A uWS socket as a PeerSocket. A closed uWS socket throws on every call; the methods here do nothing then. */
export class Connection implements PeerSocket, Requester {
  /** Undefined as soon as admission begins. */
  handshake: Handshake | undefined;
  session: Session | undefined;
  /** Pings sent since the client last sent a frame or a pong. */
  quiet = 0;
  /** Its slot in the heartbeat's ring while it is open. */
  heartbeatSlot: number | undefined;
  #ws: WebSocket<UserData> | undefined;
  readonly #forwardedFor: string;
  readonly #resolveAddress: AddressResolver;

  /** @param forwardedFor the upgrade's `X-Forwarded-For`, '' if there was none */
  constructor(handshake: Handshake, forwardedFor: string, resolveAddress: AddressResolver) {
    this.handshake = handshake;
    this.#forwardedFor = forwardedFor;
    this.#resolveAddress = resolveAddress;
  }

  /**
   * The client's IP address, also behind trusted proxies; '' once the connection has closed. Resolved lazily: most
   * addresses are never read, and formatting each one cost 5 % of a join.
   */
  get address(): string {
    if (this.#ws === undefined) return '';
    const directPeer = Buffer.from(this.#ws.getRemoteAddressAsText()).toString();
    return this.#resolveAddress(directPeer, this.#forwardedFor);
  }

  get isOpen(): boolean {
    return this.#ws !== undefined;
  }

  get isOver(): boolean {
    return this.#ws === undefined;
  }

  opened(ws: WebSocket<UserData>): void {
    this.#ws = ws;
  }

  closed(): void {
    this.#ws = undefined;
  }

  send(frame: string | Borrowed): 'sent' | 'buffered' | 'dropped' {
    return this.#ws === undefined ? 'dropped' : OUTCOMES[this.#ws.send(frame)];
  }

  close(code: CloseCode): void {
    const ws = this.#ws;
    // uWS calls the close handler from within `end`.
    this.#ws = undefined;
    ws?.end(code, CLOSE_REASONS[code]);
  }

  /** Ends the connection without a close frame: the client sees 1006 and reconnects. */
  drop(): void {
    const ws = this.#ws;
    this.#ws = undefined;
    ws?.close();
  }

  buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0;
  }

  ping(): void {
    this.#ws?.ping();
  }

  /** Writes everything that `run` sends with one system call. */
  cork(run: () => void): void {
    if (this.#ws === undefined) run();
    else this.#ws.cork(run);
  }
}
