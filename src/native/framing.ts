import type { HttpRequest } from './uws.ts';

/**
 * Whether two readers of this request could disagree about where it ends or for which host it is (RFC 9112, 6.3 and
 * 3.2) [HT5]. uWebSockets.js lets some such requests through: the first of two Content-Lengths counts, an empty one
 * is 0, any Transfer-Encoding is taken for chunked, an empty Host passes. The answer to `true` is `res.close()`,
 * which also drops what was pipelined behind.
 */
export function isAmbiguous(request: HttpRequest): boolean {
  let lengths = 0;
  let encodings = 0;
  let hosts = 0;
  let malformed = false;
  request.forEach((name, value) => {
    if (name === 'content-length') {
      lengths += 1;
      malformed ||= !/^\d{1,15}$/.test(value);
    } else if (name === 'transfer-encoding') {
      encodings += 1;
      malformed ||= value.toLowerCase() !== 'chunked';
    } else if (name === 'host') {
      hosts += 1;
      malformed ||= value === '';
    }
  });
  return malformed || lengths + encodings > 1 || hosts !== 1;
}
