import type { ShownPicture } from '../../media-types.ts';

/** One of the places where a picture may be shown. */
export interface View {
  /**
   * Null: it isn't shown here.
   * @param atOnce the peer should know at once if it is hidden by that
   */
  set(shown: ShownPicture | null, atOnce?: boolean): void;
  /** There is no such place any more. */
  remove(): void;
}

/** All places where one picture may be shown: the largest counts, and the picture comes first if it does so in any of them. */
export class Views {
  readonly #onChange: (shown: ShownPicture, atOnce: boolean) => void;
  /** Undefined: nothing is known of the place yet. */
  readonly #shown = new Map<View, ShownPicture | null | undefined>();

  /** @param onChange is called whenever a place says something; a height of 0: it is shown nowhere */
  constructor(onChange: (shown: ShownPicture, atOnce: boolean) => void) {
    this.#onChange = onChange;
  }

  add(): View {
    const view: View = {
      set: (shown, atOnce = false) => {
        if (!this.#shown.has(view)) return;
        this.#shown.set(view, shown);
        this.#tell(atOnce);
      },
      remove: () => {
        if (this.#shown.delete(view)) this.#tell(false);
      },
    };
    this.#shown.set(view, undefined);
    return view;
  }

  #tell(atOnce: boolean): void {
    const all = [...this.#shown.values()];
    const height = Math.max(0, ...all.map((shown) => shown?.height ?? 0));
    // A place that is still being measured may be about to show it.
    if (height === 0 && all.includes(undefined)) return;
    this.#onChange({ height, first: all.some((shown) => shown?.first === true) }, atOnce);
  }
}
