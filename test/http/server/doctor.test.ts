import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCTOR_HEADER, DOCTOR_SECRET, makeQuestion, readAnswer } from '../../../src/lib/doctor-proof.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { startServer, type TestServer } from '../../support/server/server.ts';

let server: TestServer;
let secret: string;
beforeAll(async () => {
  server = await startServer({ TRUSTED_PROXIES: '127.0.0.1' });
  const store = openStore(server.config.databasePath);
  secret = store.settings.read(DOCTOR_SECRET) ?? '';
  store.close();
});
afterAll(() => server.close());

const nonce = () => randomBytes(24).toString('base64url');

async function ask(question: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/health`, {
    headers: { ...headers, ...(question === '' ? {} : { [DOCTOR_HEADER]: question }) },
  });
  return { response, answer: response.headers.get(DOCTOR_HEADER), body: await response.text() };
}

describe('/health', () => {
  it('tells the doctor what the server sees of its request', async () => {
    const once = nonce();
    const { answer } = await ask(makeQuestion(secret, once), { 'X-Forwarded-For': '203.0.113.9' });
    expect(readAnswer(secret, once, answer ?? '')).toMatchObject({
      peer: '127.0.0.1',
      address: '203.0.113.9',
      isForwarded: true,
      isUpgrade: false,
      isTrusted: true,
    });
    expect(readAnswer(secret, nonce(), answer ?? ''), 'for another question').toBeUndefined();
  });

  it('answers a stranger who asks as it answers everybody', async () => {
    const plain = await ask('');
    const once = nonce();
    const forged = createHmac('sha256', 'a guess').update(`question:${once}`).digest('base64url');
    for (const question of [once, `${once}.${forged}`, `.${forged}`, 'a.b.c', 'x'.repeat(4_000)]) {
      const { response, answer, body } = await ask(question);
      expect([response.status, answer, body]).toEqual([200, null, plain.body]);
    }
  });

  it('shows no setting, only digests that need the secret', async () => {
    const once = nonce();
    const { answer } = await ask(makeQuestion(secret, once));
    const { settings } = readAnswer(secret, once, answer ?? '') ?? { settings: {} };
    expect(Object.keys(settings)).toContain('JWT_SECRET');
    for (const digest of Object.values(settings)) expect(digest).toMatch(/^[\w-]{43}$/);
  });
});
