// PeerJS as it ships; only the limits that a bench would run into are raised. It has no rooms.
import { PeerServer } from 'peer';

PeerServer(
  {
    host: '127.0.0.1',
    port: Number(process.argv[2]),
    path: '/',
    concurrent_limit: 100_000,
    alive_timeout: 3_600_000,
  },
  () => console.log('ready'),
);
