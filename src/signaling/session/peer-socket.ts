import type { Client } from '../../lib/addresses.ts';
import type { Borrowed } from '../../lib/borrowed.ts';
import type { CloseCode } from '../../protocol/codes.ts';

/** What a session knows of its connection. Its `address` counts for limits by network. */
export interface PeerSocket extends Client {
  /**
   * Hands one text frame over. `sent` and `buffered` will arrive unless the connection is lost; `dropped` never
   * will, and the connection is as good as lost.
   */
  send(frame: string | Borrowed): 'sent' | 'buffered' | 'dropped';
  /** Ends the connection with a close frame. Calling it again, or after the other side closed, does nothing. */
  close(code: CloseCode): void;
  /** Bytes accepted and not yet read by the other side. */
  buffered(): number;
}
