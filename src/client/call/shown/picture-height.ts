export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a picture lies in its element. */
export interface Placed {
  /** CSS pixels of the element, without its borders. */
  readonly box: Size;
  /** Pixels of the picture as it came; 0 before the first frame. */
  readonly picture: Size;
  /** The element's `object-fit`. */
  readonly fit: string;
  readonly devicePixelRatio: number;
}

/** What is assumed before the first frame: the shape of most cameras and screens. */
const USUAL: Size = { width: 16, height: 9 };

/**
 * Returns the height of the whole picture as drawn, in device pixels, parts that are cut off included; 0 if nothing is drawn. Returns
 * undefined if the element has the size of the picture: then its size doesn't say how large the picture should be, as asking
 * for less would make the element smaller, and so on.
 */
export function pictureHeight({ box, picture, fit, devicePixelRatio }: Placed): number | undefined {
  if (box.width <= 0 || box.height <= 0) return 0;
  const isKnown = picture.width > 0 && picture.height > 0;
  if (isKnown && (fit === 'none' || isSame(box, picture))) return undefined;
  const { width, height } = isKnown ? picture : USUAL;
  const across = (box.width / width) * height;
  // `scale-down` is measured as `contain`: what it draws depends on what comes. `fill`, the default, distorts.
  const drawn =
    fit === 'contain' || fit === 'scale-down' ? Math.min(box.height, across) : Math.max(box.height, across);
  return drawn * devicePixelRatio;
}

function isSame(box: Size, picture: Size): boolean {
  return Math.abs(box.width - picture.width) <= 1 && Math.abs(box.height - picture.height) <= 1;
}
