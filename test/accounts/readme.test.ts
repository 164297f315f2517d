import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { TokensReply } from '../../src/protocol/bodies.ts';
import { FullUserReply, SeenUserReply, UsersReply } from '../../src/protocol/users.ts';
import { startPeople } from '../over-the-wire/people.ts';
import { startStage } from '../over-the-wire/stage.ts';
import { documentText } from '../support/documents.ts';
import { cheapPasswords } from '../support/server/accounts.ts';
import { signIn } from '../support/server/api.ts';

it('[AC1] shows requests to register and sign in that work', async () => {
  const [, part = ''] = documentText('src/accounts/README.md').split('\n## Registering and signing in\n');
  const [, commands = ''] = /```bash\n([\s\S]*?)```/.exec(part) ?? [];
  const { server } = await startStage({}, { passwords: cheapPasswords() });
  const env = { ...process.env, GUEST: (await signIn(server.url)).accessToken, TOKEN: '', REFRESH_TOKEN: '' };
  const replies: string[] = [];
  for (const line of commands.trim().split('\n')) {
    const here = line.replace('http://localhost:3001', server.url);
    const { stdout } = await promisify(execFile)('bash', ['-c', here], { env });
    replies.push(stdout);
    if (stdout === '') continue;
    const { accessToken, refreshToken } = v.parse(TokensReply, JSON.parse(stdout));
    Object.assign(env, { TOKEN: accessToken, REFRESH_TOKEN: refreshToken });
  }
  expect(replies.map((reply) => (reply === '' ? '' : JSON.parse(reply).user.email))).toEqual([
    'Ada@example.org',
    'Ada@example.org',
    'Ada@example.org',
    'bob@example.org',
    '',
  ]);
});

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
