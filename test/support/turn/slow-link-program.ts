import { BatchedUdp } from '../../../src/turn/io/batched-udp.ts';
import { loadLibc } from '../../../src/turn/io/libc.ts';
import { MAX_QUEUED_BYTES, openPlainUdp } from '../../../src/turn/io/plain-udp.ts';
import { packetOf } from './packets.ts';

/**
 * Sends more than the link of its host carries, one by one or in batches, and prints how many bytes the socket accepted:
 * `{"offered":…,"taken":…}`.
 */
const DATAGRAM = 1200;
const libc = loadLibc();
if (typeof libc === 'string') throw new Error(libc);
const openUdp = process.argv[2] === 'one by one' ? openPlainUdp : new BatchedUdp(libc).open;
const socket = openUdp('127.0.0.1', 0, () => ({ datagram() {} }));
const packet = packetOf(Buffer.alloc(DATAGRAM), '127.0.0.1', 9);
let taken = 0;
for (let sent = 0; sent < 128 * MAX_QUEUED_BYTES; sent += DATAGRAM) {
  if (socket.send(packet)) taken += DATAGRAM;
}
process.stdout.write(`${JSON.stringify({ offered: 128 * MAX_QUEUED_BYTES, taken })}\n`);
socket.close();
