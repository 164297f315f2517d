// socket.io with its own rooms, WebSocket only.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false, perMessageDeflate: false });

io.on('connection', (socket) => {
  const { room } = socket.handshake.query;
  socket.join(room);
  socket.on('call:offer', (payload) => {
    const target = io.sockets.sockets.get(payload.to);
    if (target?.rooms.has(room)) target.emit('call:offer', { ...payload, from: socket.id });
    else socket.emit('error', { code: 'peer_gone' });
  });
});
http.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));
