import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { webhookBodies } from '../../src/http/docs/webhook-examples.ts';
import { codeBlock, documentText, ROOT } from '../support/documents.ts';
import { signIn } from '../support/server/api.ts';
import { freePort, run, start } from '../support/server/process.ts';
import { startServer } from '../support/server/server.ts';

const README = documentText('src/webhooks/README.md');

it('[CT5] src/webhooks/README.md shows every event, by its schema', () => {
  const bodies = [...README.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text));
  expect(bodies).toEqual(webhookBodies());
});

it('[CT5] src/webhooks/README.md shows a receiver that takes them, and commands that list and send them', async () => {
  const port = await freePort();
  const WEBHOOK_SECRET = `whsec_${randomBytes(32).toString('base64')}`;
  const code = codeBlock('src/webhooks/README.md', 'js');
  const receiver = start(process.execPath, ['--input-type=module', '-e', code], {
    PORT: String(port),
    WEBHOOK_SECRET,
  });
  onTestFinished(() => receiver.stop());
  const WEBHOOK_URLS = `http://127.0.0.1:${port}/parley`;
  await listens(WEBHOOK_URLS);
  const server = await startServer({ WEBHOOK_URLS, WEBHOOK_SECRET });
  onTestFinished(() => server.close());
  const { accessToken } = await signIn(server.url);
  await fetch(`${server.url}/create`, { headers: { Authorization: `Bearer ${accessToken}` } });
  await receiver.says(/room\.created \{"roomId":/, 30_000);

  const environment = { WEBHOOK_URLS, WEBHOOK_SECRET, DATABASE_PATH: server.config.databasePath };
  const shell = (command: string, more: Readonly<Record<string, string>> = {}) => {
    const set = Object.entries({ ...environment, ...more }).map(([name, value]) => `${name}='${value}'`);
    return run('bash', ['-c', `cd ${ROOT}; export ${set.join(' ')}; ${command}`]);
  };
  const test = codeBlock('src/webhooks/README.md', 'sh', 'webhooks test').trim();
  expect(await shell(test)).toEqual({ code: 0, output: `${WEBHOOK_URLS}: taken (204)\n` });
  await receiver.says(/webhook\.test \{\}/);
  const [list = '', resendAll = '', resend = ''] = codeBlock('src/webhooks/README.md', 'sh', 'webhooks list')
    .trim()
    .split('\n');
  expect(await shell(list)).toEqual({ code: 0, output: `${WEBHOOK_URLS}: 0 waiting\n` });
  const { output } = await shell('node dist/main.js webhooks list');
  const [ID = ''] = /msg_\S+/.exec(output) ?? [];
  expect(output).toContain('delivered after 1 try, last: 204');
  expect(await shell(resend, { ID })).toEqual({ code: 0, output: `${ID} will be sent to 1 endpoint.\n` });
  expect((await shell(resendAll)).output).toBe('A running server sends what waits within a second.\n');
});

/** Waits until somebody answers. */
async function listens(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
