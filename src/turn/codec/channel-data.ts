import { padded } from './message.ts';
import type { Packet } from './packet.ts';

/** ChannelData (RFC 8656 §12.4): channel number, length, data. */
export const CHANNEL_HEADER_BYTES = 4;
/** RFC 8656 §12 ends the range at 0x4FFF; clients of RFC 5766 use it up to 0x7FFF. */
export const CHANNEL_MIN = 0x4000;
export const CHANNEL_MAX = 0x7fff;

export function isChannelNumber(number: number): boolean {
  return number >= CHANNEL_MIN && number <= CHANNEL_MAX;
}

/** The first two bits tell ChannelData (01) from STUN (00), RFC 8656 §12.5. */
export function looksLikeChannelData(firstByte: number): boolean {
  return firstByte >> 6 === 1;
}

/** Bytes of data in a ChannelData message, without padding; -1 if the message is cut short. */
export function channelDataLength({ bytes, offset, length }: Packet): number {
  if (length < CHANNEL_HEADER_BYTES) return -1;
  const size = bytes.readUInt16BE(offset + 2);
  return size > length - CHANNEL_HEADER_BYTES ? -1 : size;
}

/** Bytes of a ChannelData message with `length` bytes of data; padded to a multiple of 4 on streams. */
export function channelMessageBytes(length: number, stream: boolean): number {
  const end = CHANNEL_HEADER_BYTES + length;
  return stream ? padded(end) : end;
}

/**
 * Writes the ChannelData message for `data` at the start of `message`.
 * @param size from `channelMessageBytes`
 */
export function writeChannelData(message: Buffer, size: number, number: number, data: Packet): void {
  message.writeUInt16BE(number, 0);
  message.writeUInt16BE(data.length, 2);
  data.copyTo(message, CHANNEL_HEADER_BYTES);
  const end = CHANNEL_HEADER_BYTES + data.length;
  if (size > end) message.fill(0, end, size);
}
