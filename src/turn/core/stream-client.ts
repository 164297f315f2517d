import { TURN_STRANGER_FRAME_BYTES } from '../../protocol/limits.ts';
import { StreamDeframer } from '../codec/deframer.ts';
import { LARGEST_MESSAGE_BYTES } from '../codec/sizes.ts';
import { StreamPath } from './client-path.ts';
import type { ClientAddress, StreamConnection, StreamReceiver } from './relay-io.ts';

/** What the engine does with the messages and the end of a connection. */
export interface StreamOwner {
  packet(client: StreamClient, buffer: Buffer, offset: number, length: number): void;
  gone(client: StreamClient): void;
}

/** One TCP or TLS connection: the stream cut into messages, and their path back. */
export class StreamClient implements StreamReceiver {
  readonly path: StreamPath;
  /** Whether anything came since the last sweep that looked. */
  active = true;
  readonly #connection: StreamConnection;
  readonly #owner: StreamOwner;
  readonly #deframer = new StreamDeframer(TURN_STRANGER_FRAME_BYTES);
  #open = true;

  constructor(connection: StreamConnection, client: ClientAddress, owner: StreamOwner) {
    this.#connection = connection;
    this.#owner = owner;
    this.path = new StreamPath(connection, client);
  }

  data(chunk: Buffer): void {
    if (!this.#open) return;
    this.active = true;
    const deframer = this.#deframer;
    deframer.push(chunk);
    for (;;) {
      // Only who authenticated may make us put large messages together.
      deframer.limit = this.path.allocation === undefined ? TURN_STRANGER_FRAME_BYTES : LARGEST_MESSAGE_BYTES;
      if (!deframer.next()) break;
      this.#owner.packet(this, deframer.buffer, deframer.offset, deframer.length);
      if (!this.#open) return;
    }
    if (deframer.broken) this.close();
  }

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#owner.gone(this);
  }

  close(): void {
    if (!this.#open) return;
    this.closed();
    this.#connection.close();
  }
}
