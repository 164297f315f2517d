import type { HttpRequest } from './types.ts';

/**
 * Returns whether two readers of this request could disagree about where it ends or which host it is for (RFC 9112, 6.3 and
 * 3.2) [HT5]. uWebSockets.js lets some such requests through: it takes the first of two Content-Lengths, an empty one as 0,
 * any Transfer-Encoding as chunked, and accepts an empty Host. Answer `true` with `res.close()`, which also drops pipelined
 * bytes.
 */
export function isAmbiguous(request: HttpRequest): boolean {
  const framing = new Framing();
  request.forEach((name, value) => {
    framing.add(name, value);
  });
  return framing.isAmbiguous;
}

/** Does the same check for a caller that iterates over the headers itself. */
export class Framing {
  #lengths = 0;
  #encodings = 0;
  #hosts = 0;
  #malformed = false;

  /** Takes one header; must be called for each. */
  add(name: string, value: string): void {
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
