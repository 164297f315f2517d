import { TURN_SEND_BYTES } from '../../src/protocol/limits.ts';
import { listenUdp } from '../../src/turn/io/udp.ts';

/**
 * Sends more than the link of its host takes, and says of how many bytes the socket took hold, and whether the kernel
 * had copied all of the first and of the last: `{"taken":…,"idle":[…]}`.
 */
const DATAGRAM = 1200;
const socket = listenUdp('127.0.0.1', 0, () => ({ datagram() {} }));
let taken = 0;
const idle: boolean[] = [];
for (let sent = 0; sent < 128 * TURN_SEND_BYTES; sent += DATAGRAM) {
  if (socket.send(Buffer.alloc(DATAGRAM), 0, DATAGRAM, 9, '127.0.0.1')) taken += DATAGRAM;
  if (sent === 0) idle.push(socket.idle);
}
idle.push(socket.idle);
process.stdout.write(`${JSON.stringify({ offered: 128 * TURN_SEND_BYTES, taken, idle })}\n`);
socket.close();
