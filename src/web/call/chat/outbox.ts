import { type ReadonlySignal, signal } from '@preact/signals';
import type { ChatMessage } from '../../../client/index.ts';

/** A message of one's own that is not stored yet. */
export interface PendingLine {
  readonly key: number;
  readonly text: string;
  readonly replyTo: string | null;
  /** null while it is being sent or waits for the connection; else the error's code. */
  readonly problem: string | null;
}

export interface Outbox {
  /** In the order in which they were written. */
  readonly pending: ReadonlySignal<readonly PendingLine[]>;
  send(text: string, replyTo: string | null): void;
  /** Sends a failed message again. */
  retry(key: number): void;
  /** Drops a failed message. */
  discard(key: number): void;
}

interface OutboxOptions {
  /** Resolves once the message is stored; waits for the connection if need be. */
  readonly send: (text: string, replyTo: string | null) => Promise<ChatMessage>;
  readonly onSent: (message: ChatMessage) => void;
  /** The code of any error. */
  readonly codeOf: (error: unknown) => string;
}

export function createOutbox({ send: deliver, onSent, codeOf }: OutboxOptions): Outbox {
  const pending = signal<readonly PendingLine[]>([]);
  let lastKey = 0;

  const update = (key: number, change: (line: PendingLine) => PendingLine[]) => {
    pending.value = pending.value.flatMap((line) => (line.key === key ? change(line) : [line]));
  };

  async function transmit({ key, text, replyTo }: PendingLine): Promise<void> {
    try {
      const message = await deliver(text, replyTo);
      update(key, () => []);
      onSent(message);
    } catch (error) {
      update(key, (line) => [{ ...line, problem: codeOf(error) }]);
    }
  }

  return {
    pending,
    send(text, replyTo) {
      lastKey += 1;
      const line: PendingLine = { key: lastKey, text, replyTo, problem: null };
      pending.value = [...pending.value, line];
      void transmit(line);
    },
    retry(key) {
      const line = pending.value.find((one) => one.key === key);
      if (line === undefined || line.problem === null) return;
      update(key, () => [{ ...line, problem: null }]);
      void transmit(line);
    },
    discard: (key) => update(key, (line) => (line.problem === null ? [line] : [])),
  };
}
