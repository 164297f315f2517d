// node-turn.mjs <port> <user> <password>: node-turn 0.0.6 on 127.0.0.1.
import Turn from 'node-turn';

const [port, user, password] = process.argv.slice(2);
new Turn({
  authMech: 'long-term',
  realm: 'parley',
  credentials: { [user]: password },
  debugLevel: 'OFF',
  listeningIps: ['127.0.0.1'],
  relayIps: ['127.0.0.1'],
  listeningPort: Number(port),
}).start();
setTimeout(() => console.log('listens'), 300);
