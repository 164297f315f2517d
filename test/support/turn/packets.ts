import { channelMessageBytes, writeChannelData } from '../../../src/turn/codec/channel-data.ts';
import { Packet } from '../../../src/turn/codec/packet.ts';

/** A packet that consists of all of `bytes`. */
export function packetOf(bytes: Buffer, address = '', port = 0): Packet {
  return new Packet().set(bytes, 0, bytes.length, address, port);
}

/** A ChannelData message; padded on streams. */
export function encodeChannelData(number: number, data: Buffer, stream: boolean): Buffer {
  const message = Buffer.alloc(channelMessageBytes(data.length, stream), 0xff);
  writeChannelData(message, message.length, number, packetOf(data));
  return message;
}
