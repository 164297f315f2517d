import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import {
  CreateBackupReply,
  DeliveriesReply,
  EndpointsReply,
  KeysReply,
  LimitsReply,
  LiveRoomsReply,
  ResetLinkReply,
  RotateKeysReply,
  ServerStatusReply,
} from '../../src/protocol/admin-bodies.ts';
import { LoginsReply, TokensReply } from '../../src/protocol/bodies.ts';
import { DeleteRoomReply } from '../../src/protocol/room-bodies.ts';
import { FullUserReply, UsersReply } from '../../src/protocol/users.ts';
import { startStage } from '../over-the-wire/stage.ts';
import { codeBlock } from '../support/documents.ts';
import { cheapPasswords } from '../support/server/accounts.ts';
import { api } from '../support/server/api.ts';
import { SECRET, startReceiver } from '../webhooks/receiver.ts';

/** Nothing: 204. */
const Nothing = v.literal('');

it('[AD1] shows requests of admins that work, in their order', async () => {
  const receiver = await startReceiver();
  receiver.answer((response) => response.writeHead(500).end());
  const stage = await startStage(
    { WEBHOOK_URLS: receiver.url(), WEBHOOK_SECRET: SECRET, WEBHOOK_EVENTS: 'room.created' },
    { passwords: cheapPasswords() },
  );
  const { server, room, guest } = stage;
  const account = (path: string, body: object) => api(server.url, path, { reply: TokensReply, body });
  const password = 'correct horse';
  const { accessToken } = await account('/setup', {
    token: server.setupToken,
    email: 'ada@example.org',
    password,
  });
  const ben = await account('/auth/register', { email: 'ben@example.org', username: 'ben', password });
  const here = await room();
  const { peerId } = await (await guest()).inside(here);
  await receiver.take(1);
  const waiting = await stage.get('/admin/webhooks', accessToken);
  const env = {
    ...process.env,
    TOKEN: accessToken,
    ROOM: here,
    PEER: peerId,
    USER_ID: ben.user.id,
    EVENT: v.parse(DeliveriesReply, await waiting.json()).items[0]?.id,
  };

  const replies = [
    [ServerStatusReply, LiveRoomsReply, Nothing, DeleteRoomReply],
    [UsersReply, LoginsReply, Nothing, ResetLinkReply, FullUserReply, FullUserReply],
    [
      DeliveriesReply,
      EndpointsReply,
      EndpointsReply,
      LimitsReply,
      RotateKeysReply,
      KeysReply,
      CreateBackupReply,
    ],
  ];
  for (const [which, schemas] of replies.entries()) {
    const lines = codeBlock('src/http/administration.md', 'bash', which).trim().split('\n');
    expect(lines).toHaveLength(schemas.length);
    for (const [index, schema] of schemas.entries()) {
      const here = (lines[index] ?? '').replace('http://localhost:3001', server.url);
      const { stdout } = await promisify(execFile)('bash', ['-c', here], { env });
      const content: unknown = stdout === '' ? '' : JSON.parse(stdout);
      expect(v.safeParse(schema, content).issues, `${lines[index]}\n${stdout}`).toBeUndefined();
    }
  }
});
