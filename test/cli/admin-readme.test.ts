import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CreateInviteReply, InvitesReply, MeReply, TokensReply } from '../../src/protocol/bodies.ts';
import { startStage } from '../over-the-wire/stage.ts';
import { codeBlock, ROOT } from '../support/documents.ts';
import { SECRET } from '../support/server/accounts.ts';
import { api } from '../support/server/api.ts';

const PASSWORD = 'correct horse';

/** The document of accounts, as an operator would follow it. */
describe('what src/accounts/README.md shows', () => {
  it('[TK7] are commands that make an admin, and a link for a new password', async () => {
    const { server } = await startStage();
    const [create = '', link = '', ...more] = codeBlock('src/accounts/README.md', 'sh', 'admin create')
      .trim()
      .split('\n');
    expect(more).toEqual([]);
    const environment = { DATABASE_PATH: server.config.databasePath };
    expect(await shell(`echo '${PASSWORD}' | ${create}`, environment)).toBe(
      'ada@example.org is an admin now.\n',
    );
    const [, token] =
      /^http:\/\/localhost:3001\/reset#token=(\S+)\n$/.exec(await shell(link, environment)) ?? [];
    const body = JSON.stringify({ token, password: 'another horse' });
    expect((await fetch(`${server.url}/auth/reset`, { method: 'POST', body })).status).toBe(204);
  });

  it('[TK4] are commands that mint tokens, which a server with the same secret takes', async () => {
    const { server } = await startStage({ JWT_SECRET: SECRET });
    const environment = { JWT_SECRET: SECRET, ROOM: '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a' };
    const commands = codeBlock('src/accounts/README.md', 'sh', 'main.js token').trim().split('\n');
    const users = await Promise.all(
      commands.map(async (command) => {
        const token = (await shell(command, environment)).trim();
        return (await api(server.url, '/auth/me', { reply: MeReply, token })).user.id;
      }),
    );
    expect(users).toEqual(['ada', 'ada', 'bob', 'backend']);
  });

  it('are requests that make and list invitations', async () => {
    const { server } = await startStage();
    const body = { token: server.setupToken, email: 'ada@example.org', password: PASSWORD };
    const { accessToken: TOKEN } = await api(server.url, '/setup', { reply: TokensReply, body });
    const [create = '', list = '', ...more] = codeBlock('src/accounts/README.md', 'bash', '/invites')
      .replaceAll('http://localhost:3001', server.url)
      .trim()
      .split('\n');
    expect(more).toEqual([]);
    const { id, url } = v.parse(CreateInviteReply, JSON.parse(await shell(create, { TOKEN })));
    expect(url).toMatch(/\/register\?invite=/);
    expect(v.parse(InvitesReply, JSON.parse(await shell(list, { TOKEN }))).items).toMatchObject([
      { id, uses: 30 },
    ]);
  });
});

async function shell(command: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd: ROOT, env: { ...process.env, ...environment } };
  return (await promisify(execFile)('bash', ['-c', command], options)).stdout;
}
