// forwarder.mjs <port> <to>: the shortest UDP forwarder in Node, with a synchronous look-up, which is the fastest.
import { createSocket } from 'node:dgram';

const [port, to] = process.argv.slice(2).map(Number);
const lookup = (name, _options, callback) => callback(null, name, 4);
const front = createSocket({ type: 'udp4', lookup, recvBufferSize: 8_388_608 });
const back = createSocket({ type: 'udp4', lookup, sendBufferSize: 8_388_608 });

front.on('message', (datagram) => back.send(datagram, 0, datagram.length, to, '127.0.0.1'));
back.bind(0, '127.0.0.1', () => front.bind(port, '127.0.0.1', () => console.log('listens')));
