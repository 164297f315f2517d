import * as v from 'valibot';
import { mintToken } from '../../src/load/credentials.ts';

/** JWT_SECRET of the server under test. */
export const SECRET = 'a secret for benchmarks, of no worth to anybody';

/** Only what is needed of the reply, because an older server's has fewer fields. */
const CreatedRoom = v.object({ room: v.object({ id: v.string() }) });

/** Requests at once. */
const AT_ONCE = 32;

/** Returns the token of a session; each session is another user. */
export function sessionToken(index: number): string {
  return mintToken(SECRET, `bench-${index}`, Date.now());
}

/** Creates rooms, each with another owner, because rooms per user are limited. @returns their ids */
export async function createRooms(port: number, count: number, max: number): Promise<string[]> {
  const ids: string[] = [];
  const numbers = Array.from({ length: count }, (_, index) => index).values();
  const worker = async (): Promise<void> => {
    for (const index of numbers) {
      const response = await fetch(`http://127.0.0.1:${port}/rooms`, {
        method: 'POST',
        headers: { authorization: `Bearer ${sessionToken(index)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ max }),
      });
      if (!response.ok) throw new Error(`POST /rooms answered ${response.status}: ${await response.text()}`);
      ids[index] = v.parse(CreatedRoom, await response.json()).room.id;
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, worker));
  return ids;
}

/** Milliseconds until `GET /ready` answers 200, from `since` (performance.now()). */
export async function untilReady(port: number, since: number): Promise<number> {
  const deadline = since + 30_000;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
    if (response?.status === 200) return performance.now() - since;
    if (performance.now() > deadline) throw new Error('the server was not ready within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
