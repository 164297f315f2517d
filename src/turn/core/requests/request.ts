import { ATTRIBUTE, CLASS, METHOD, REASONS, type StunErrorCode } from '../../codec/attributes.ts';
import { attributeOf, type StunMessage } from '../../codec/message.ts';
import { MessageWriter } from '../../codec/message-writer.ts';
import { readXorAddress, type TransportAddress } from '../../codec/xor-address.ts';
import type { ClientPath } from '../allocations/allocation.ts';
import type { User } from './authentication.ts';

/** A request whose credentials were found right. */
export interface Request {
  readonly message: StunMessage;
  readonly path: ClientPath;
  readonly user: User;
  /** Milliseconds of the monotonic clock. */
  readonly now: number;
}

/** What a handler says: an error code, or the attributes of the success. */
export type Outcome = StunErrorCode | ((answer: MessageWriter) => MessageWriter);

/** A success without attributes. */
export const DONE: Outcome = (answer) => answer;

export function successOf(message: StunMessage): MessageWriter {
  return new MessageWriter(message.method, CLASS.success, message.transactionId);
}

/** `reason`: people read it in a browser's log; left out toward strangers, for whom each byte is an amplification. */
export function failureOf(
  message: StunMessage,
  code: StunErrorCode,
  reason: string = REASONS[code],
): MessageWriter {
  return new MessageWriter(message.method, CLASS.error, message.transactionId).errorCode(code, reason);
}

/** The attribute as one unsigned 32-bit number; `malformed` where it has another length. */
export function uint32Of(message: StunMessage, type: number): number | 'malformed' | undefined {
  const value = attributeOf(message, type);
  if (value === undefined) return undefined;
  return value.length === 4 ? value.readUInt32BE() : 'malformed';
}

/** Every XOR-PEER-ADDRESS; undefined where one is malformed. */
export function peersOf(message: StunMessage): TransportAddress[] | undefined {
  const peers: TransportAddress[] = [];
  for (const { type, value } of message.attributes) {
    if (type !== ATTRIBUTE.xorPeerAddress) continue;
    const peer = readXorAddress(value, message.transactionId);
    if (peer === undefined) return undefined;
    peers.push(peer);
  }
  return peers;
}

/** Requests that need credentials; Binding doesn't. */
export const AUTHENTICATED_METHODS: ReadonlySet<number> = new Set([
  METHOD.allocate,
  METHOD.refresh,
  METHOD.createPermission,
  METHOD.channelBind,
]);

/** A copy in memory of its own, to be kept: a view, or a copy in Node's pool, would hold on to much more. */
export function keptCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
