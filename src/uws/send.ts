import { Buffer } from 'node:buffer';
import type { HttpResponse } from './types.ts';

/**
 * Ends a response with a body, which is written as fast as it is read; status and headers are written before, all within
 * `response.cork`. `response.end` would keep what the kernel doesn't take, and uWS would go on to the next pipelined
 * request: one connection that reads nothing could fill the memory. Here uWS keeps at most its cork buffer (16 KiB) and the
 * headers of one response. While a body waits for its reader, uWS closes the connection at the next request on it, and 10 s
 * after the reader last took anything.
 * @param body not empty, and not changed until it is read
 */
export function sendBody(response: HttpResponse, body: string | Uint8Array): void {
  const total = Buffer.byteLength(body);
  const [, isDone] = response.tryEnd(body, total);
  if (isDone) return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  // The offset counts what uWS took; the handler's answer says whether the kernel took it all.
  response.onWritable((offset) => response.tryEnd(bytes.subarray(offset), total)[0]);
}

/**
 * Ends a response without a body, and its connection. The second line end ends the headers here, so that to uWS the
 * response stays pending: more requests on the connection close it, and nothing is kept for them.
 */
export function sendHeadAndClose(response: HttpResponse): void {
  response.writeHeader('Connection', 'close\r\n');
  let isGone = false;
  response.onAborted(() => {
    isGone = true;
  });
  // Closed within the cork, the connection would lose what is corked.
  setImmediate(() => {
    if (!isGone) response.close();
  });
}
