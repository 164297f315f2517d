import { ATTRIBUTE, CLASS, type MessageClass, REASONS, type StunErrorCode } from '../../codec/attributes.ts';
import type { StunMessage } from '../../codec/message.ts';
import { MessageWriter } from '../../codec/message-writer.ts';
import type { User } from '../allocations/allocation.ts';
import type { ResponseKind } from './unauthenticated-rate.ts';

/** What a response answers: `user` is undefined until the request is authenticated. */
interface Answered {
  readonly message: StunMessage;
  readonly user?: User;
}

/** The response to one request: handlers add attributes, the responder signs and sends it. */
export class Response extends MessageWriter {
  /** Signs the response; undefined: anyone could have asked for it, so it is rate-limited and must stay small. */
  readonly #key: Buffer | undefined;
  /** Which rate limit of unauthenticated clients it counts against. */
  kind: ResponseKind = 'binding';
  /** Bytes that don't count against the amplification limit. */
  exemptBytes = 0;

  private constructor({ message, user }: Answered, messageClass: MessageClass) {
    super(message.method, messageClass, message.transactionId);
    this.#key = user?.key;
  }

  static success(request: Answered): Response {
    return new Response(request, CLASS.success);
  }

  /**
   * An error with its reason phrase, which people read in a browser's log. Unauthenticated clients get none, because each byte
   * would help an amplification attack with forged source addresses.
   */
  static error(request: Answered, code: StunErrorCode): Response {
    const reason = request.user === undefined ? '' : REASONS[code];
    return new Response(request, CLASS.error).errorCode(code, reason);
  }

  /** 420 (RFC 8489 §6.3.1, §14.13). */
  static unknownAttributes(request: Answered, unknown: readonly number[]): Response {
    return Response.error(request, 420).uint16s(ATTRIBUTE.unknownAttributes, unknown);
  }

  get isAuthenticated(): boolean {
    return this.#key !== undefined;
  }

  /** The bytes to send, with MESSAGE-INTEGRITY if the client is authenticated; call it once, last. */
  encode(fingerprint: boolean): Buffer {
    return this.finish(this.#key, fingerprint);
  }
}
