// The floor: bare uWebSockets.js, which hands each frame to the partner unread. With `?acks` it also answers each by an
// `ack` of its id, and takes receipts, as two SDK clients have it.
import { loadUws } from '../../../dist/uws/load.js';

const uws = loadUws();
/** Who is inside, by room. */
const rooms = new Map();

uws
  .App()
  .ws('/*', {
    compression: uws.DISABLED,
    maxPayloadLength: 65_536,
    idleTimeout: 120,
    maxBackpressure: 1_048_576,
    upgrade(res, req, context) {
      const query = new URLSearchParams(req.getQuery());
      const room = query.get('room');
      const acks = query.has('acks');
      const key = req.getHeader('sec-websocket-key');
      res.upgrade({ room, acks }, key, '', req.getHeader('sec-websocket-extensions'), context);
    },
    open(ws) {
      const data = ws.getUserData();
      const partner = rooms.get(data.room);
      if (partner === undefined) rooms.set(data.room, ws);
      else {
        data.partner = partner;
        partner.getUserData().partner = ws;
      }
    },
    message(ws, message) {
      const { acks, partner } = ws.getUserData();
      if (!acks) {
        partner?.send(message);
        return;
      }
      const head = Buffer.from(message, 0, Math.min(64, message.byteLength)).latin1Slice();
      if (head.startsWith('{"event":"session:ack"')) return;
      partner?.send(message);
      ws.send(`{"event":"ack","re":${Number.parseInt(head.slice(head.indexOf('"id":') + 5), 10)}}`);
    },
    close(ws) {
      const { room, partner } = ws.getUserData();
      if (partner !== undefined) partner.getUserData().partner = undefined;
      rooms.delete(room);
    },
  })
  .listen('127.0.0.1', Number(process.argv[2]), 0, (socket) => {
    if (socket === false) process.exit(1);
    console.log('ready');
  });
