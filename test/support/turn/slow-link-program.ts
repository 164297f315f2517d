import { BatchedUdp } from '../../../src/turn/io/batched-udp.ts';
import { loadLibc } from '../../../src/turn/io/libc.ts';
import { openPlainUdp, TURN_SEND_BYTES } from '../../../src/turn/io/plain-udp.ts';

/**
 * Sends more than the link of its host takes, one by one or in batches, and says of how many bytes the socket took hold,
 * and whether it needed the sender's memory no more after the first and after the last: `{"taken":…,"idle":[…]}`.
 */
const DATAGRAM = 1200;
const libc = await loadLibc();
if (typeof libc === 'string') throw new Error(libc);
const openUdp = process.argv[2] === 'one by one' ? openPlainUdp : new BatchedUdp(libc).open;
const socket = openUdp('127.0.0.1', 0, () => ({ datagram() {} }));
let taken = 0;
const idle: boolean[] = [];
for (let sent = 0; sent < 128 * TURN_SEND_BYTES; sent += DATAGRAM) {
  if (socket.send(Buffer.alloc(DATAGRAM), 0, DATAGRAM, 9, '127.0.0.1')) taken += DATAGRAM;
  if (sent === 0) idle.push(socket.idle);
}
idle.push(socket.idle);
process.stdout.write(`${JSON.stringify({ offered: 128 * TURN_SEND_BYTES, taken, idle })}\n`);
socket.close();
