import { allowFor, frameAddress } from './address.ts';
import { type CallEvent, type Command, type FrameMessage, siteMessageIn, stamped } from './messages.ts';
import type { CallLayout, ParleyCallElement as Typed } from './types.ts';

/** Milliseconds after the frame has loaded within which the page in it says that it is ready. */
const READY_MS = 5_000;

/**
 * `<parley-call>`: a call in a frame. `url` and `room` say which, and changing them opens another one; `token` and `layout`
 * work at once; `name`, `lang`, `theme`, `audio`, `video`, `hide` and `skiplobby` hold from the next opening on.
 *
 * Dispatches `joined`, `left`, `peerjoined`, `peerleft`, `media`, `knock` and `error`, each a `CustomEvent` whose `detail` has
 * the fields of its message (`messages.ts`).
 */
export class ParleyCallElement
  extends HTMLElement
  implements Omit<Typed, 'addEventListener' | 'removeEventListener'>
{
  static readonly observedAttributes = ['url', 'room', 'token', 'layout'];
  /** The server that serves `embed.js`; undefined if that isn't known. */
  static own: string | undefined;

  readonly #root = this.attachShadow({ mode: 'open' });
  #frame: HTMLIFrameElement | null = null;
  /** Of the page in the frame: nobody else's messages are read, and nobody else gets any. */
  #origin = '';
  #ready = false;
  /** Set by the property, which leaves no trace in the document. */
  #token: string | null = null;
  /** The last command of each kind that came before the frame was ready. */
  readonly #early = new Map<Command['type'], Command>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const style = new CSSStyleSheet();
    style.replaceSync(
      ':host { display: block; aspect-ratio: 16 / 9; min-height: 15rem } :host([hidden]) { display: none } iframe { display: block; width: 100%; height: 100%; border: 0 }',
    );
    this.#root.adoptedStyleSheets = [style];
  }

  /** An access token for this user: the property, or else the attribute. A new one is used from the next connection on. */
  get token(): string | null {
    return this.#token ?? this.getAttribute('token');
  }

  set token(token: string | null) {
    this.#token = token === '' ? null : token;
    if (this.#ready) this.#greet();
  }

  /** Turns the microphone off, or on again. */
  mute(on = true): void {
    this.#command({ type: 'mute', on });
  }

  camera(on: boolean): void {
    this.#command({ type: 'camera', on });
  }

  /** Starts or ends a screen share. The browser may demand a click inside the frame first. */
  share(on: boolean): void {
    this.#command({ type: 'share', on });
  }

  /** A method; and what frameworks that know the attribute `layout` may set. */
  get layout(): (layout: CallLayout) => void {
    return (layout) => this.#command({ type: 'layout', layout });
  }

  set layout(layout: CallLayout | null) {
    if (layout === null) this.removeAttribute('layout');
    else this.setAttribute('layout', layout);
  }

  /** Keeps one person large; null nobody. */
  pin(peerId: string | null): void {
    this.#command({ type: 'pin', peerId });
  }

  leave(): void {
    this.#command({ type: 'leave' });
  }

  connectedCallback(): void {
    window.addEventListener('message', this.#onMessage);
    this.#open();
  }

  disconnectedCallback(): void {
    window.removeEventListener('message', this.#onMessage);
    this.#close();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || this.#frame === null || before === now) return;
    if (name === 'token') {
      if (this.#ready) this.#greet();
    } else if (name === 'layout') {
      if (now === 'grid' || now === 'speaker') this.layout(now);
    } else this.#open();
  }

  #open(): void {
    this.#close();
    const address = frameAddress((name) => this.getAttribute(name), ParleyCallElement.own);
    if (address === null) {
      this.#fail('bad_url', 'Set `url` to the address of a Parley server, such as https://call.example.org.');
      return;
    }
    this.#origin = address.origin;
    const frame = document.createElement('iframe');
    frame.allow = allowFor(address.origin);
    frame.title = 'Parley';
    frame.src = address.href;
    frame.addEventListener('load', () => this.#expectReady());
    this.#frame = frame;
    this.#root.append(frame);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#ready = false;
    this.#early.clear();
    this.#frame?.remove();
    this.#frame = null;
  }

  /** A frame that the browser refuses to show loads all the same, an error page. */
  #expectReady(): void {
    clearTimeout(this.#timer);
    if (this.#ready) return;
    this.#timer = setTimeout(() => {
      const message = `${this.#origin} shows no call in this page. Is ${location.origin} in its EMBED_ORIGINS?`;
      if (!this.#ready) this.#fail('embed_refused', message);
    }, READY_MS);
  }

  #command(command: Command): void {
    if (this.#ready) this.#send(command);
    else this.#early.set(command.type, command);
  }

  #greet(): void {
    this.#send({ type: 'hello', token: this.token || null });
  }

  #send(message: FrameMessage): void {
    this.#frame?.contentWindow?.postMessage(stamped(message), this.#origin);
  }

  readonly #onMessage = ({ source, origin, data }: MessageEvent<unknown>): void => {
    const frame = this.#frame?.contentWindow ?? null;
    if (frame === null || source !== frame || origin !== this.#origin) return;
    const message = siteMessageIn(data);
    if (message === undefined) return;
    if (message.type !== 'ready') {
      this.#tell(message);
      return;
    }
    this.#ready = true;
    clearTimeout(this.#timer);
    this.#greet();
    for (const command of this.#early.values()) this.#send(command);
    this.#early.clear();
  };

  #tell(event: CallEvent): void {
    const { type, ...fields } = event;
    const detail = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'parley'));
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #fail(code: string, message: string): void {
    this.#tell({ type: 'error', code, message });
  }
}
