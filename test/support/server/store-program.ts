// A separate program, because its system calls are traced: does durable writes, and prints a line after each.

import type { RoomId, UserId } from '../../../src/domain/ids.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { PLAIN_ROW } from './rooms.ts';

const [path = ''] = process.argv.slice(2);
const store = openStore(path);
const userId = 'user' as UserId;
const roomId = 'room' as RoomId;
const room = {
  ...PLAIN_ROW,
  ...{ id: roomId, ownerId: userId, createdAt: 0, emptySeconds: 0 },
};
const steps: Readonly<Record<string, () => unknown>> = {
  user: () =>
    store.users.insert({ id: userId, kind: 'guest', username: null, displayName: null, createdAt: 0 }),
  room: () => store.rooms.insert(room, null),
  login: () => store.logins.begin(userId, 0, { hash: Buffer.alloc(32), loginId: 'login', expiresAt: 1 }),
  revocation: () => store.logins.revoke('login', 0),
  ban: () => store.bans.insert(roomId, userId, 0),
  key: () => store.keys.replace({ id: 'key', algorithm: 'ES256', privateJwk: '{}', createdAt: 0 }),
  secret: () => store.settings.getOrMake('turn-secret', () => 'made'),
};
for (const [name, step] of Object.entries(steps)) {
  step();
  process.stdout.write(`${name}\n`);
  await new Promise((resolve) => process.stdin.once('data', resolve));
}
process.exit(0);
