import { once } from 'node:events';
import { connect } from 'node:net';

const DEADLINE_MS = 5_000;

/** Opens a TCP connection that sends bytes as they are, and keeps what it receives. */
export async function raw(port: number, bytes = '') {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const send = (text: string): void => {
    socket.write(text, 'latin1');
  };
  send(bytes);

  return {
    send,
    destroy: () => socket.destroy(),
    /** Returns all that was received up to the end of the connection. */
    async closed(deadlineMs = DEADLINE_MS): Promise<string> {
      await within(deadlineMs, closed, () => `still open, received: ${received}`);
      return received;
    },
    /** Returns all that was received, as soon as it matches. */
    async until(pattern: RegExp, deadlineMs = DEADLINE_MS): Promise<string> {
      const fits = async (): Promise<void> => {
        while (!pattern.test(received)) await once(socket, 'data');
      };
      await within(deadlineMs, fits(), () => `no ${pattern}, received: ${received}`);
      return received;
    },
  };
}

async function within(ms: number, what: Promise<void>, complaint: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint())), ms);
  });
  await Promise.race([what, late]).finally(() => clearTimeout(timer));
}

/** Returns the bytes of an HTTP/1.1 request with a Host header. */
export function request(line: string, headers: readonly string[] = [], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', body].join('\r\n');
}
