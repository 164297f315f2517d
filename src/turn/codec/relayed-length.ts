import { channelDataLength, looksLikeChannelData } from './channel-data.ts';
import { DATA_INDICATION } from './data-indication.ts';
import { HEADER_BYTES } from './message.ts';

/** Bytes of a peer's data in a message of ours to a client, a whole one; -1: it is an answer and has none. */
export function relayedLength(buffer: Buffer, offset: number, length: number): number {
  if (length < 4) return -1;
  if (looksLikeChannelData(buffer[offset] ?? 0)) return channelDataLength(buffer, offset, length);
  if (buffer.readUInt16BE(offset) !== DATA_INDICATION) return -1;
  // XOR-PEER-ADDRESS, then DATA: as `DataWriter` writes them.
  const dataHeader = HEADER_BYTES + 4 + buffer.readUInt16BE(offset + HEADER_BYTES + 2);
  return buffer.readUInt16BE(offset + dataHeader + 2);
}
