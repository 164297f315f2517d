import type * as v from 'valibot';
import { HistoryReply } from '../../src/protocol/chat-endpoints.ts';
import { api } from '../support/server/api.ts';

/** A message as the server last acknowledged it. */
interface Known {
  /** Null: deleted. */
  text: string | null;
  readonly reactions: Set<string>;
  /** Whether a change of it was never answered, because the server was killed. */
  isUnsure: boolean;
}

/** What the server has acknowledged of a room's chat, for comparison with what it has stored [CH1]. */
export class ChatBook {
  readonly #messages = new Map<string, Known>();
  /** Messages that were stored when the server was killed, whose answer nobody got. */
  readonly #unanswered = new Set<string>();

  get count(): number {
    return this.#messages.size;
  }

  said(id: string, text: string): void {
    this.#messages.set(id, { text, reactions: new Set(), isUnsure: false });
  }

  edited(id: string, text: string | null): void {
    const known = this.#messages.get(id);
    if (known !== undefined) known.text = text;
  }

  reacted(id: string, reaction: string, on: boolean): void {
    const reactions = this.#messages.get(id)?.reactions;
    if (on) reactions?.add(reaction);
    else reactions?.delete(reaction);
  }

  /** Call it when a change of the message got no answer. */
  unsure(id: string): void {
    const known = this.#messages.get(id);
    if (known !== undefined) known.isUnsure = true;
  }

  /**
   * Reads the whole history of a room, and compares.
   * @param losses whether messages may be stored that were never acknowledged, because the server was killed
   */
  async violations({ url, token, roomId, losses }: Archive): Promise<string[]> {
    const faults: string[] = [];
    const stored = await readAll(url, token, roomId);
    const ids = stored.map(({ id }) => id);
    if (ids.join() !== [...new Set(ids)].sort().join()) faults.push(`${roomId}: the history is not in order`);
    const texts = stored.flatMap((item) => ('message' in item ? item.message : []));
    if (new Set(texts).size !== texts.length) faults.push(`${roomId}: a message is stored twice`);
    const found = new Set(ids);
    for (const [id, { text }] of this.#messages)
      if (!found.has(id)) faults.push(`${roomId} ${text ?? id}: acknowledged, and not stored`);
    for (const item of stored) {
      const known = this.#messages.get(item.id);
      if (known === undefined) {
        if (losses) this.#unanswered.add(item.id);
        if (!this.#unanswered.has(item.id))
          faults.push(`${roomId} ${item.id}: stored, and never acknowledged`);
        continue;
      }
      if (known.isUnsure) continue;
      const [is, was] = [describe(item), JSON.stringify([known.text, [...known.reactions].sort()])];
      if (is !== was) faults.push(`${roomId} ${item.id}: stored as ${is}, acknowledged as ${was}`);
    }
    return faults;
  }
}

interface Archive {
  readonly url: string;
  /** Of a host. */
  readonly token: string;
  readonly roomId: string;
  readonly losses: boolean;
}

type Item = v.InferOutput<typeof HistoryReply>['items'][number];

function describe(item: Item): string {
  if (!('message' in item)) return JSON.stringify([null, []]);
  const reactions = Object.entries(item.reactions ?? {}).flatMap(([emoji, users]) =>
    users.map((userId) => `${emoji} ${userId}`),
  );
  return JSON.stringify([item.message, reactions.sort()]);
}

/** Oldest first. */
async function readAll(url: string, token: string, roomId: string): Promise<Item[]> {
  const items: Item[] = [];
  let query = '?limit=100';
  for (;;) {
    const page = await api(url, `/rooms/${roomId}/chat${query}`, { reply: HistoryReply, token });
    items.unshift(...page.items);
    if (page.nextCursor === null) return items;
    query = `?limit=100&before=${page.nextCursor}`;
  }
}
