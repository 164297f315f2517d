import type { HttpRequest } from './types.ts';

/**
 * Whether two readers of this request could disagree about where it ends or for which host it is (RFC 9112, 6.3 and
 * 3.2) [HT5]. uWebSockets.js lets some such requests through: the first of two Content-Lengths counts, an empty one
 * is 0, any Transfer-Encoding is taken for chunked, an empty Host passes. The answer to `true` is `res.close()`,
 * which also drops what was pipelined behind.
 */
export function isAmbiguous(request: HttpRequest): boolean {
  const framing = new Framing();
  request.forEach((name, value) => {
    framing.see(name, value);
  });
  return framing.isAmbiguous;
}

/** The same for whoever goes through the headers anyhow. */
export class Framing {
  #lengths = 0;
  #encodings = 0;
  #hosts = 0;
  #malformed = false;

  /** Each header in turn. */
  see(name: string, value: string): void {
    if (name === 'content-length') {
      this.#lengths += 1;
      this.#malformed ||= !/^\d{1,15}$/.test(value);
    } else if (name === 'transfer-encoding') {
      this.#encodings += 1;
      this.#malformed ||= value.toLowerCase() !== 'chunked';
    } else if (name === 'host') {
      this.#hosts += 1;
      this.#malformed ||= value === '';
    }
  }

  get isAmbiguous(): boolean {
    return this.#malformed || this.#lengths + this.#encodings > 1 || this.#hosts !== 1;
  }
}
