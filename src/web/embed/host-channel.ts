import { type ReadonlySignal, signal } from '@preact/signals';
import { type CallEvent, type Command, frameMessageIn, stamped } from '../../embed/messages.ts';

/** Milliseconds that the page waits for `hello` of the `<parley-call>` that made its frame. */
export const HELLO_MS = 10_000;

/** Milliseconds within which the site gives a fresh token. */
export const FRESH_TOKEN_MS = 10_000;

/** The line to the page of the site that shows this one in a frame. */
export interface HostChannel {
  /** The access token that the site has given; null if none. */
  readonly token: ReadonlySignal<string | null>;
  /** Resolves when the site has said hello, or hasn't for `HELLO_MS`. */
  readonly greeted: Promise<void>;
  /** Calls `listener` for each command; returns a function that removes it. */
  onCommand(listener: (command: Command) => void): () => void;
  /** Asks the site for a fresh token; resolves with null if it gives none within `FRESH_TOKEN_MS`. */
  freshToken(): Promise<string | null>;
  /** Tells the site; does nothing until it has said hello. */
  tell(event: CallEvent): void;
}

/**
 * Opens the line. Reads only messages of the framing page itself, from one of `origins`, and from no other origin once
 * that page has said hello.
 * @param origins `EMBED_ORIGINS`
 * @returns null if the page isn't in a frame, or no site may frame it
 */
export function createHostChannel(window: Window, origins: readonly string[]): HostChannel | null {
  const { parent } = window;
  if (parent === window || origins.length === 0) return null;
  const isAllowed = originTest(origins);
  const token = signal<string | null>(null);
  const listeners = new Set<(command: Command) => void>();
  let site: string | null = null;
  const tell = (event: CallEvent) => {
    if (site !== null) parent.postMessage(stamped(event), site);
  };
  let asking: Promise<string | null> | null = null;
  let answer = (_: string | null) => {};
  let greet = () => {};
  const greeted = new Promise<void>((resolve) => {
    greet = resolve;
    setTimeout(resolve, HELLO_MS);
  });

  window.addEventListener('message', ({ source, origin, data }: MessageEvent<unknown>) => {
    if (source !== parent || (site === null ? !isAllowed(origin) : origin !== site)) return;
    const message = frameMessageIn(data);
    if (message === undefined) return;
    if (message.type === 'hello') {
      site = origin;
      token.value = message.token;
      answer(message.token);
      greet();
    } else if (site !== null) {
      for (const listener of [...listeners]) listener(message);
    }
  });
  // Which page it is will be known by its answer; this message has no secret.
  parent.postMessage(stamped({ type: 'ready' }), '*');

  return {
    token,
    greeted,
    onCommand(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    freshToken() {
      asking ??= new Promise<string | null>((resolve) => {
        answer = resolve;
        setTimeout(resolve, FRESH_TOKEN_MS, null);
        tell({ type: 'tokenneeded' });
      }).finally(() => {
        asking = null;
      });
      return asking;
    },
    tell,
  };
}

/** Returns whether an origin is one of these, of which `https://*.example.org` is every name below `example.org`. */
export function originTest(origins: readonly string[]): (origin: string) => boolean {
  const exact = new Set(origins);
  const below = origins.filter((origin) => origin.includes('://*.')).map((origin) => origin.split('*'));
  return (origin) =>
    exact.has(origin) ||
    below.some(
      ([start = '', end = '']) =>
        origin.startsWith(start) && origin.endsWith(end) && origin.length > start.length + end.length,
    );
}
