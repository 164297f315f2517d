import { join } from 'node:path';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/documents.ts';
import { SECRET } from '../support/server/accounts.ts';
import { freePort, type Running, start } from '../support/server/process.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import { connectRaw } from '../support/server/ws-client.ts';
import { SECRET as WEBHOOK_SECRET } from '../webhooks/receiver.ts';

const EXAMPLE = join(ROOT, 'src/client/examples/backend/server.mjs');

describe('the example of a Node backend', () => {
  let server: TestServer;
  let backend: Running;
  let site: string;

  beforeEach(async () => {
    const port = await freePort();
    site = `http://127.0.0.1:${port}`;
    server = await startServer({ JWT_SECRET: SECRET, WEBHOOK_URLS: `${site}/webhooks`, WEBHOOK_SECRET });
    backend = start(process.execPath, [EXAMPLE], {
      PORT: `${port}`,
      PARLEY_URL: server.url,
      JWT_SECRET: SECRET,
      WEBHOOK_SECRET,
    });
    await backend.says(/listening on/);
  });
  afterEach(async () => {
    await backend.stop();
    await server.close();
  });

  it('gives a user a token, makes a room, and hears who comes and goes', async () => {
    const asBob = { headers: { 'X-User': 'Bob' } };
    const { token } = await (await fetch(`${site}/token`, asBob)).json();
    const { roomId, url } = await (await fetch(`${site}/calls`, { method: 'POST', ...asBob })).json();
    expect(url).toContain(`/connect/${roomId}`);
    const bob = connectRaw({ wsUrl: server.wsUrl, token });
    await bob.next('welcome');
    bob.send('room:join', { roomId }, 1);
    const joined = await bob.next('room:joined');
    expect(joined.payload.room).toMatchObject({ id: roomId, name: "Bob's call", max: 4 });
    await backend.says(new RegExp(`Bob came into ${roomId}`));
    bob.send('room:leave', {}, 2);
    await backend.says(/Bob left after \d+ s/);
  });

  it('takes no webhook that the server has not signed', async () => {
    const response = await fetch(`${site}/webhooks`, {
      method: 'POST',
      headers: {
        'webhook-id': 'msg_1',
        'webhook-timestamp': `${Math.floor(Date.now() / 1_000)}`,
        'webhook-signature': 'v1,AAAA',
      },
      body: JSON.stringify({ type: 'participant.joined', data: { displayName: 'Eve', roomId: 'none' } }),
    });
    expect(response.status).toBe(400);
    expect(backend.output()).not.toContain('Eve');
  });

  it('takes a body of no more than its bound', async () => {
    const sent = fetch(`${site}/webhooks`, { method: 'POST', body: 'x'.repeat(1_000_001) });
    expect(await sent.then(({ status }) => status)).toBe(400);
    expect(backend.alive()).toBe(true);
  });
});

describe('the program of the Node backend', () => {
  it('uses its packages as their types say', () => {
    const program = ts.createProgram([EXAMPLE], {
      allowJs: true,
      checkJs: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    });
    const complaints = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(complaints).toEqual([]);
  });
});
