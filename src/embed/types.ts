/**
 * The types of `<parley-call>`: the file `/embed.d.ts`, which is this one as it is. A program that includes it knows the tag.
 *
 * @example
 * const call = document.querySelector('parley-call');
 * call?.addEventListener('left', ({ detail }) => console.log(detail.reason));
 */

/** Why a call is over for this person. `left`: of their own will, or by `leave()`. */
export type LeftReason = 'left' | 'kicked' | 'banned' | 'room_closed' | 'connection_lost' | 'replaced';

/** How people are laid out: all alike, or whoever speaks large. */
export type CallLayout = 'grid' | 'speaker';

/** What `detail` has in each event. */
export interface ParleyCallDetails {
  /** This person is in the call. */
  readonly joined: { readonly roomId: string; readonly peerId: string };
  readonly left: { readonly reason: LeftReason };
  /** Somebody else is in the call; those who were inside before are told after `joined`. */
  readonly peerjoined: { readonly peerId: string; readonly name: string };
  readonly peerleft: { readonly peerId: string };
  /** What this person sends now. */
  readonly media: { readonly audio: boolean; readonly video: boolean; readonly screen: boolean };
  /** Somebody waits to be let in. For hosts only. */
  readonly knock: { readonly knockId: string; readonly name: string };
  /** The token expires within a minute, or was refused. Set `token` to a fresh one, and the call goes on. */
  readonly tokenneeded: Readonly<Record<never, never>>;
  /**
   * A code of the API, such as `room_full`; or `embed_refused`: the server doesn't let this site show its calls, or can't be
   * reached; or `bad_url`: the attribute `url` is no address. `message` says to a developer what to do.
   */
  readonly error: { readonly code: string; readonly message: string };
}

/** The events of `<parley-call>`. None bubbles. */
export type ParleyCallEventMap = {
  readonly [Type in keyof ParleyCallDetails]: CustomEvent<ParleyCallDetails[Type]>;
};

/** The attributes of `<parley-call>`. */
export interface ParleyCallAttributes {
  /** The Parley server, or the link of a call. Default: the server that `embed.js` comes from. */
  url?: string | undefined;
  /** The call's id. Default: the one in `url`, else the home page. */
  room?: string | undefined;
  /** An access token for this user. The property `token` leaves no trace in the document. */
  token?: string | null | undefined;
  /** The name that the lobby suggests. Default: `name` of the token. */
  name?: string | undefined;
  /** Default: the browser's. */
  lang?: 'en' | 'ru' | (string & {}) | undefined;
  /** Default: the system's. */
  theme?: 'light' | 'dark' | undefined;
  /** How the microphone starts. Default: as this person left it. */
  audio?: 'on' | 'off' | undefined;
  /** How the camera starts. Default: as this person left it. */
  video?: 'on' | 'off' | undefined;
  layout?: CallLayout | undefined;
  /** Comma-separated parts to leave out: `chat`, `share`, `people`. */
  hide?: string | undefined;
  /** Present: joins without a click, if a name is known. */
  skiplobby?: '' | boolean | undefined;
}

/** A call in a frame. */
export interface ParleyCallElement extends HTMLElement {
  /** An access token for this user; null for a guest. Setting another one keeps the call. */
  token: string | null;
  /** Turns the microphone off, or on again. @param on default: true */
  mute(on?: boolean): void;
  /** Turns the camera on or off. */
  camera(on: boolean): void;
  /** Starts or ends a screen share. Browsers may demand a click inside the frame for the start. */
  share(on: boolean): void;
  /** Lays people out in another way. Setting the property sets the attribute, as frameworks do. */
  get layout(): (layout: CallLayout) => void;
  set layout(layout: CallLayout | null);
  /** Keeps one person large; null nobody. */
  pin(peerId: string | null): void;
  leave(): void;

  addEventListener<Type extends keyof ParleyCallEventMap>(
    type: Type,
    listener: (this: ParleyCallElement, event: ParleyCallEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Type extends Exclude<keyof HTMLElementEventMap, keyof ParleyCallEventMap>>(
    type: Type,
    listener: (this: ParleyCallElement, event: HTMLElementEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof ParleyCallEventMap>(
    type: Type,
    listener: (this: ParleyCallElement, event: ParleyCallEventMap[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'parley-call': ParleyCallElement;
  }
  namespace JSX {
    interface IntrinsicElements {
      'parley-call': ParleyCallAttributes & { [attribute: string]: unknown };
    }
  }
}
