import { Buffer } from 'node:buffer';
import type { HttpResponse } from './types.ts';

/**
 * Ends a response with a body, writing it as fast as the client reads. Call it within `response.cork`, after status and
 * headers. With `response.end`, uWS would keep what the kernel doesn't take and go on to the next pipelined request, so that
 * one connection that reads nothing could fill the memory. Here uWS keeps at most its cork buffer (16 KiB) and the headers of
 * one response. While a body waits to be read, uWS closes the connection at its next request, and 10 s after the client last
 * read anything.
 * @param body not empty, and not changed until it is written
 */
export function sendBody(response: HttpResponse, body: string | Uint8Array): void {
  const total = Buffer.byteLength(body);
  const [, isDone] = response.tryEnd(body, total);
  if (isDone) return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  // The offset counts what uWS took. Returning true tells uWS that the kernel took everything.
  response.onWritable((offset) => response.tryEnd(bytes.subarray(offset), total)[0]);
}

/**
 * Ends a response without a body, and its connection. The second line end in the header ends the headers, while to uWS the
 * response stays pending: more requests on the connection close it, and uWS keeps nothing for them.
 */
export function sendHeadAndClose(response: HttpResponse): void {
  response.writeHeader('Connection', 'close\r\n');
  let isGone = false;
  response.onAborted(() => {
    isGone = true;
  });
  // Closing within the cork would drop the corked data.
  setImmediate(() => {
    if (!isGone) response.close();
  });
}
