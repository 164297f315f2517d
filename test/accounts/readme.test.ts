import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { FullUserReply, SeenUserReply, UsersReply } from '../../src/protocol/users.ts';
import { startPeople } from '../over-the-wire/people.ts';
import { documentText } from '../support/documents.ts';

it('shows requests for people that work', async () => {
  const [, part = ''] = documentText('src/accounts/README.md').split('\n## People\n');
  const [, commands = ''] = /```bash\n([\s\S]*?)```/.exec(part) ?? [];
  const { external, server } = await startPeople();
  const { token } = await external('ada', { name: 'Ada Lovelace' });
  const replies = [UsersReply, SeenUserReply, FullUserReply, FullUserReply];
  const lines = commands.trim().split('\n');
  expect(lines).toHaveLength(replies.length);
  for (const [index, reply] of replies.entries()) {
    const here = (lines[index] ?? '').replace('http://localhost:3001', server.url);
    const { stdout } = await promisify(execFile)('bash', ['-c', here], {
      env: { ...process.env, TOKEN: token },
    });
    expect(v.safeParse(reply, JSON.parse(stdout)).issues, stdout).toBeUndefined();
    expect(stdout).toContain('"ada"');
  }
});
