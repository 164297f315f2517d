// The usual home-made server: `ws`, JSON.parse, a look-up, JSON.stringify. No validation, numbering or resume.
import { WebSocketServer } from 'ws';

const peers = new Map();
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  perMessageDeflate: false,
  maxPayload: 65_536,
  clientTracking: false,
});

server.on('connection', (socket, request) => {
  const query = new URL(request.url, 'http://127.0.0.1').searchParams;
  const self = { id: query.get('id'), room: query.get('room'), socket };
  peers.set(self.id, self);
  socket.on('message', (data) => {
    const { event, payload } = JSON.parse(data);
    const target = peers.get(payload.to);
    if (target === undefined || target.room !== self.room) {
      socket.send(JSON.stringify({ event: 'error', payload: { code: 'peer_gone' } }));
      return;
    }
    target.socket.send(JSON.stringify({ event, payload: { ...payload, from: self.id } }));
  });
  socket.on('error', () => {});
  socket.on('close', () => peers.delete(self.id));
});
server.on('listening', () => console.log('ready'));
