import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startStage } from '../over-the-wire/stage.ts';
import { documentText, ROOT } from '../support/documents.ts';
import { SECRET } from '../support/server/accounts.ts';
import { RawClient } from '../support/server/ws-client.ts';

const ROOM = '3f2b8c1e-9d4a-4c57-8b6f-0a1d2e3c4b5a';
const BLOCKS = [...documentText('src/control/README.md').matchAll(/```bash\n([\s\S]*?)```/g)].map(
  ([, text = '']) => text,
);

/** A backend that follows the document, on a server of its own. */
async function follow() {
  const { server } = await startStage({ JWT_SECRET: SECRET });
  const [preamble = '', ...blocks] = BLOCKS.map((block) =>
    block.replaceAll('http://localhost:3001', server.url),
  );
  const run = async (script: string): Promise<string> => {
    const options = { cwd: ROOT, env: { ...process.env, JWT_SECRET: SECRET } };
    return (await promisify(execFile)('bash', ['-euc', `${preamble}\n${script}`], options)).stdout;
  };
  return {
    server,
    blocks: blocks.length,
    /** Runs the next block. @returns the replies to its requests */
    async next(): Promise<unknown[]> {
      const lines = (blocks.shift() ?? '').trim().split('\n');
      const replies: unknown[] = [];
      for (const line of lines) replies.push(JSON.parse(await run(line)));
      return replies;
    },
    /** Runs the next block, which makes a token. */
    async nextToken(): Promise<string> {
      return (await run(`${blocks.shift()}\necho $ADA`)).trim();
    },
  };
}

describe('what src/control/README.md shows', () => {
  it('[CT0] [CT1] [CT4] is a call from its first user to its end, as it says', async () => {
    const { server, blocks, next, nextToken } = await follow();
    expect(blocks).toBe(7);
    const [ada, ben] = [
      { id: 'ada', userInfo: { seat: 1 } },
      { id: 'ben', userInfo: { seat: 2 } },
    ];
    expect(await next()).toMatchObject([
      { roomId: ROOM, userId: 'ada', users: [ada], url: `${server.url}/connect/${ROOM}` },
    ]);
    expect(await next()).toMatchObject([{ ...ben, users: [ada, ben] }]);
    const token = await nextToken();
    const client = new RawClient({ wsUrl: server.wsUrl, path: `/ws/rooms/${ROOM}`, token });
    const { peerId } = (await client.next('room:joined')).payload;
    const [presence] = await next();
    expect(presence).toMatchObject({ items: [{ roomId: ROOM, userId: 'ada', peerId }], nextCursor: null });
    expect(await next()).toMatchObject([
      { ...ada, constraints: { audio: false }, outbound: [ben] },
      { ...ada, outbound: [ben] },
    ]);
    expect(await next()).toEqual([{ delivered: 1 }, { delivered: 0 }]);
    expect((await client.next('room:message')).payload).toEqual({
      data: { kind: 'quiz', question: 4 },
      from: 'service',
    });
    expect(await next()).toEqual([{ ...ben, outbound: [ada] }, { count: 1 }]);
    expect((await client.closed).code).toBe(4005);
    expect(client.events()).toContain('peer:media');
  });
});
