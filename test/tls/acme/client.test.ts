import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { AcmeClient, REPLY_BYTES } from '../../../src/tls/acme/client.ts';
import { AcmeFault } from '../../../src/tls/acme/faults.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** A client of a directory that answers as it is told, at any path. */
async function clientOf(answer: RequestListener): Promise<AcmeClient> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const directory = `http://127.0.0.1:${port}/`;
  const { signal } = new AbortController();
  return new AcmeClient({ directory, key: privateKey, fetch, signal, now: Date.now });
}

/** Answers as a directory should, but for accounts. */
function directory(newAccount: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url === '/new-account') return newAccount(request, response);
    const base = `http://${request.headers.host}`;
    response.setHeader('Replay-Nonce', 'nonce');
    response.end(
      JSON.stringify({
        newNonce: `${base}/nonce`,
        newAccount: `${base}/new-account`,
        newOrder: `${base}/order`,
      }),
    );
  };
}

const json =
  (status: number, value: unknown): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

describe('a client of a directory', () => {
  it.each<[string, RequestListener, string]>([
    [
      'a page',
      (_request, response) => response.end('<html>'),
      "doesn't answer as a directory of certificates",
    ],
    [
      'other JSON',
      json(200, { newNonce: 'javascript:alert(1)' }),
      "doesn't answer as a directory of certificates",
    ],
    ['an error', json(503, {}), 'status 503'],
    [
      'a redirect',
      (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      "can't be asked",
    ],
    [
      'too much',
      (_request, response) => response.end('x'.repeat(REPLY_BYTES + 1)),
      `larger than ${REPLY_BYTES} bytes`,
    ],
  ])('takes %s for no directory', async (_what, answer, message) => {
    const client = await clientOf(answer);
    await expect(client.register()).rejects.toThrow(AcmeFault);
    await expect(client.register()).rejects.toThrow(message);
  });

  it("says why it is refused in the directory's words, on one line and not at length", async () => {
    const problem = {
      type: 'urn:ietf:params:acme:error:rejectedIdentifier',
      detail: `No\n\u001b[31mway ${'x'.repeat(2_000)}`,
      subproblems: [{ detail: 'never' }],
    };
    const client = await clientOf(directory(json(400, problem)));
    const refusal: unknown = await client.register().catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(AcmeFault);
    expect(String(refusal)).toMatch(
      /^AcmeFault: The directory refuses: No \[31mway x+ \(rejectedIdentifier\)\.$/,
    );
    expect(String(refusal).length).toBeLessThan(600);
  });

  it('gives up on a directory that refuses every nonce', async () => {
    let tries = 0;
    const client = await clientOf(
      directory((request, response) => {
        tries += 1;
        response.setHeader('Replay-Nonce', `nonce ${tries}`);
        json(400, { type: 'urn:ietf:params:acme:error:badNonce', detail: 'again' })(request, response);
      }),
    );
    await expect(client.register()).rejects.toThrow('(badNonce)');
    expect(tries).toBe(51);
  });

  it('needs an account to be told where it is', async () => {
    const client = await clientOf(directory(json(201, {})));
    await expect(client.register()).rejects.toThrow('answers without a Location');
  });
});
