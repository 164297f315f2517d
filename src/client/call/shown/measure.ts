import { pictureHeight, type Size } from './picture-height.ts';
import type { View } from './views.ts';

/** What is said of an element that has the size of its picture: the picture in full, to see how large it may become. */
const IN_FULL = Number.MAX_SAFE_INTEGER;

/**
 * Says how large a `<video>` shows its picture, whenever that changes: its size, the picture's own, `object-fit`, the screen's
 * pixels, whether it is in view, hidden with its page, behind what is in full screen, or in a window of its own.
 */
export class Measure {
  readonly #video: HTMLVideoElement;
  readonly #view: View;
  /** Where the video is watched: a page may move it into another window. */
  #document: Document | undefined;
  #watching = new AbortController();
  /** Undefined before the browser has said it. */
  #inView: boolean | undefined;
  /** The browser's own small window, while it shows the video. */
  #small: PictureInPictureWindow | undefined;
  /** Device pixels, as they were said last while the picture was shown. */
  #height = IN_FULL;

  constructor(video: HTMLVideoElement, view: View) {
    this.#video = video;
    this.#view = view;
    this.#look();
  }

  stop(): void {
    this.#watching.abort();
    this.#view.remove();
  }

  readonly #look = (): void => {
    const { ownerDocument } = this.#video;
    if (this.#document !== ownerDocument) this.#watch(ownerDocument);
    const small = ownerDocument.pictureInPictureElement === this.#video ? this.#small : undefined;
    if (small !== undefined) this.#say(small);
    else if (ownerDocument.visibilityState === 'hidden') this.#view.set(null, true);
    else if (this.#inView === false || isCovered(this.#video)) this.#view.set(null);
    else if (this.#inView === true) this.#say(undefined);
  };

  /** @param small measured in place of the video's own element */
  #say(small: Size | undefined): void {
    const { videoWidth, videoHeight, clientWidth, clientHeight, ownerDocument } = this.#video;
    const window = ownerDocument.defaultView;
    const height = pictureHeight({
      box: small ?? { width: clientWidth, height: clientHeight },
      picture: { width: videoWidth, height: videoHeight },
      fit: small === undefined ? (window?.getComputedStyle(this.#video).objectFit ?? 'fill') : 'contain',
      devicePixelRatio: window?.devicePixelRatio ?? 1,
    });
    if (height !== 0) this.#height = height ?? this.#height;
    this.#view.set(height === 0 ? null : { height: this.#height });
  }

  /**
   * The window has another size or other pixels, or there is a picture at last: an element that has the size of its picture
   * may become larger now.
   */
  readonly #lookAnew = (): void => {
    this.#height = IN_FULL;
    this.#look();
  };

  #watch(document: Document): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    this.#document = document;
    this.#inView = undefined;
    const window = document.defaultView;
    if (window === null) return;
    const { signal } = this.#watching;
    this.#observe(window, signal);
    for (const event of ['visibilitychange', 'fullscreenchange'])
      document.addEventListener(event, this.#look, { signal });
    window.addEventListener('resize', this.#lookAnew, { signal });
    // The page may lay it out in another way once it knows the picture's shape.
    const soon = (look: () => void) => () => window.requestAnimationFrame(look);
    this.#video.addEventListener('loadedmetadata', soon(this.#lookAnew), { signal });
    this.#video.addEventListener('resize', soon(this.#look), { signal });
    this.#watchSmall(signal);
    this.#watchPixels(window, signal);
  }

  #observe(window: Window & typeof globalThis, signal: AbortSignal): void {
    const inView = new window.IntersectionObserver((entries) => {
      this.#inView = entries.at(-1)?.isIntersecting;
      this.#look();
    });
    const size = new window.ResizeObserver(this.#look);
    for (const observer of [inView, size]) {
      observer.observe(this.#video);
      signal.addEventListener('abort', () => observer.disconnect());
    }
  }

  #watchSmall(signal: AbortSignal): void {
    this.#video.addEventListener(
      'enterpictureinpicture',
      ({ pictureInPictureWindow }) => {
        this.#small = pictureInPictureWindow;
        pictureInPictureWindow.addEventListener('resize', this.#look, { signal });
        this.#look();
      },
      { signal },
    );
    this.#video.addEventListener('leavepictureinpicture', this.#look, { signal });
  }

  /** The window may move to another screen, and the page may be zoomed. */
  #watchPixels(window: Window, signal: AbortSignal): void {
    const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const onChange = () => {
      this.#lookAnew();
      this.#watchPixels(window, signal);
    };
    query.addEventListener('change', onChange, { once: true, signal });
  }
}

/** Whether something else is in full screen. */
function isCovered(video: HTMLVideoElement): boolean {
  const full = video.ownerDocument.fullscreenElement ?? null;
  let node: Node | null = full === null ? null : video;
  while (node !== null && node !== full) node = node instanceof ShadowRoot ? node.host : node.parentNode;
  return full !== null && node === null;
}
