import { allowFor, frameAddress } from './address.ts';
import { type CallEvent, type Command, type FrameMessage, siteMessageIn, stamped } from './messages.ts';
import type { CallLayout, ParleyCallElement as Typed } from './types.ts';

/** Milliseconds after the frame has loaded within which the page in it says that it is ready. */
const READY_MS = 5_000;
/** Milliseconds within which a frame loads. A slower one is shown all the same when it comes. */
const LOAD_MS = 20_000;

/**
 * `<parley-call>`: a call in a frame. `url` and `room` say which, and changing them opens another one; `token` and `layout`
 * work at once; `name`, `lang`, `theme`, `audio`, `video`, `hide` and `skiplobby` hold from the next opening on. Taking the
 * element out of the document ends its call, and so does moving it, but by `moveBefore()`.
 *
 * Dispatches the events of `types.ts`, each a `CustomEvent` whose `detail` has the fields of its message (`messages.ts`).
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
  #isPlaced = false;
  /** Whether `joined` has been told and `left` hasn't. */
  #isInCall = false;
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
    this.#isPlaced = true;
    this.#adopt('token');
    this.#adopt('layout');
    window.addEventListener('message', this.#onMessage);
    this.#open();
  }

  /** Keeps the frame, and the call, when `moveBefore()` moves the element. */
  connectedMoveCallback(): void {}

  disconnectedCallback(): void {
    this.#isPlaced = false;
    window.removeEventListener('message', this.#onMessage);
    this.#close();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.#isPlaced || before === now) return;
    if (name === 'token') {
      if (this.#ready) this.#greet();
    } else if (name === 'layout') {
      if (now === 'grid' || now === 'speaker') this.layout(now);
    } else this.#open();
  }

  /** Takes over what was set before this script had loaded, and is in the way of the property. */
  #adopt(name: 'token' | 'layout'): void {
    const early = Object.getOwnPropertyDescriptor(this, name);
    if (early === undefined) return;
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, early.value);
  }

  #open(): void {
    this.#close();
    const address = frameAddress((name) => this.getAttribute(name), ParleyCallElement.own);
    if (address === null) {
      const message = 'Set `url` to the address of a Parley server, such as https://call.example.org.';
      // Whoever has just made the element may listen by then.
      queueMicrotask(() => this.#fail('bad_url', message));
      return;
    }
    this.#origin = address.origin;
    const frame = document.createElement('iframe');
    frame.allow = allowFor(address.origin);
    frame.title = 'Parley';
    frame.src = address.href;
    frame.addEventListener('load', () => this.#expectReady(READY_MS));
    this.#expectReady(LOAD_MS);
    this.#frame = frame;
    this.#root.append(frame);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#ready = false;
    this.#early.clear();
    this.#frame?.remove();
    this.#frame = null;
    this.#endCall();
  }

  /** Whoever is told of a call is told of its end, whatever becomes of the frame. */
  #endCall(): void {
    if (this.#isInCall) this.#tell({ type: 'left', reason: 'left' });
  }

  /** A frame that the browser refuses to show loads all the same, an error page; one whose server is silent never does. */
  #expectReady(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#ready) return;
    this.#timer = setTimeout(() => this.#fail('embed_refused', refusal(this.#origin)), ms);
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
    // Again, if the frame was reloaded.
    this.#endCall();
    this.#ready = true;
    clearTimeout(this.#timer);
    this.#greet();
    for (const command of this.#early.values()) this.#send(command);
    this.#early.clear();
  };

  #tell(event: CallEvent): void {
    const { type, ...fields } = event;
    if (type === 'joined') this.#isInCall = true;
    if (type === 'left') this.#isInCall = false;
    const detail = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'parley'));
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #fail(code: string, message: string): void {
    this.#tell({ type: 'error', code, message });
  }
}

/** @param server its origin */
function refusal(server: string): string {
  if (location.origin === 'null')
    return `${server} shows no call in a page without an origin: add allow-same-origin to the sandbox of this page's frame.`;
  return `${server} shows no call in this page: it can't be reached, or ${location.origin} isn't in its EMBED_ORIGINS.`;
}
