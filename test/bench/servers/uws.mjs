// The floor: bare uWebSockets.js, which hands each frame to the partner unread.
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
      const room = new URLSearchParams(req.getQuery()).get('room');
      const key = req.getHeader('sec-websocket-key');
      res.upgrade({ room }, key, '', req.getHeader('sec-websocket-extensions'), context);
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
      ws.getUserData().partner?.send(message);
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
