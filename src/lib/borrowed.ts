declare const brand: unique symbol;

/**
 * Bytes in memory that their owner will overwrite: a message in uWebSockets.js's buffer, a part of a scratch buffer. They are
 * valid until the function that received them returns. `keep` makes a copy that stays valid.
 *
 * At run time they are a plain `Uint8Array`. TypeScript refuses to store them as one, to await them, and to return them
 * from an async function. A callback that takes them should return `undefined` instead of `void`: an async function
 * doesn't fit there.
 */
export interface Borrowed extends ArrayLike<number> {
  readonly [brand]: true;
  /** Doesn't exist. A `then` that can't be called makes `await` and async functions refuse borrowed bytes. */
  then(resolve: never): void;
}

/** Passes bytes on to functions that may read them until they return. */
export function lend(bytes: Uint8Array): Borrowed {
  return bytes as unknown as Borrowed;
}

/** Returns a copy that stays valid. */
export function keep(bytes: Borrowed): Uint8Array {
  // The `slice` of a Buffer would be a view of the same memory.
  return new Uint8Array(view(bytes));
}

/** Returns the bytes from `from` up to `to`, in the same memory. */
export function part(bytes: Borrowed, from: number, to = bytes.length): Borrowed {
  return lend(view(bytes).subarray(from, to));
}

/** Returns what the bytes say in UTF-8. */
export function textOf(bytes: Borrowed): string {
  const { buffer, byteOffset, length } = view(bytes);
  return Buffer.from(buffer, byteOffset, length).toString();
}

function view(bytes: Borrowed): Uint8Array {
  return bytes as unknown as Uint8Array;
}
