import { padded } from './message.ts';
import { partOf } from './part-of.ts';

/** ChannelData (RFC 8656 §12.4): channel number, length, data. */
export const CHANNEL_HEADER_BYTES = 4;
/** RFC 8656 §12 narrowed the numbers to 0x4FFF; clients of RFC 5766 use them up to here. */
export const CHANNEL_MIN = 0x4000;
export const CHANNEL_MAX = 0x7fff;

export function isChannelNumber(number: number): boolean {
  return number >= CHANNEL_MIN && number <= CHANNEL_MAX;
}

/** The first byte tells ChannelData (01…) from STUN (00…), RFC 8656 §12.5. */
export function looksLikeChannelData(firstByte: number): boolean {
  return firstByte >> 6 === 1;
}

/**
 * Bytes of data in the ChannelData message of `length` bytes at `offset`, or -1 where it is cut short. What follows
 * the data is padding, or ignored.
 */
export function channelDataLength(buffer: Buffer, offset: number, length: number): number {
  if (length < CHANNEL_HEADER_BYTES) return -1;
  const size = buffer.readUInt16BE(offset + 2);
  return size > length - CHANNEL_HEADER_BYTES ? -1 : size;
}

/** Bytes of the ChannelData message around `length` bytes of data; on streams it is padded. */
export function channelMessageBytes(length: number, stream: boolean): number {
  const end = CHANNEL_HEADER_BYTES + length;
  return stream ? padded(end) : end;
}

/** Writes a ChannelData message of `size` bytes, see `channelMessageBytes`, to the beginning of `message`. */
export function writeChannelData(
  message: Buffer,
  size: number,
  number: number,
  data: Buffer,
  offset: number,
  length: number,
): void {
  message.writeUInt16BE(number, 0);
  message.writeUInt16BE(length, 2);
  message.set(partOf(data, offset, length), CHANNEL_HEADER_BYTES);
  const end = CHANNEL_HEADER_BYTES + length;
  if (size > end) message.fill(0, end, size);
}

/** A new ChannelData message around a copy of the data. */
export function encodeChannelData(
  number: number,
  data: Buffer,
  offset: number,
  length: number,
  stream: boolean,
): Buffer {
  const message = Buffer.allocUnsafe(channelMessageBytes(length, stream));
  writeChannelData(message, message.length, number, data, offset, length);
  return message;
}
