import { type Area, fillingRect, floatingRect, layoutFocus, layoutStage, type Rect } from './grid-layout.ts';

/** Pixels between tiles, on phones and on wider screens. */
const GAP = { narrow: 8, wide: 12 };

/** What is to be arranged, by the keys of the tiles. */
export interface Stage {
  /** Shared screens of others, by `screenKey`. */
  readonly screens: readonly string[];
  readonly others: readonly string[];
  /** Whether one's own picture is shown. */
  readonly self: boolean;
  readonly ownScreen: boolean;
  /** The tile that is to be large; null: as is usual for so many people and screens. */
  readonly focus: string | null;
}

/** Tiles by key. `self`, `screen-self` and `invite` are one's own. */
export interface Arrangement {
  readonly rects: ReadonlyMap<string, Rect>;
  /** Small tiles over the others. */
  readonly floating: ReadonlySet<string>;
}

export function screenKey(personKey: string): string {
  return `screen-${personKey}`;
}

const OWN_SCREEN = screenKey('self');

export function arrange(stage: Stage, area: Area): Arrangement {
  const gap = area.width < 600 ? GAP.narrow : GAP.wide;
  const { screens, others, self, ownScreen, focus } = stage;
  const isPair = others.length === 1 && screens.length === 0;
  if (isPair && (focus === null || focus === others[0])) return pair(stage, area, gap);
  const people = [...others, ...(self ? ['self'] : [])];
  const rest = [...screens, ...people, ...(ownScreen ? [OWN_SCREEN] : [])].filter((key) => key !== focus);
  if (focus !== null) return focused(focus, rest, area, gap);
  return usual(stage, people, area, gap);
}

/** The other of two people fills the window, and one's own picture floats in a corner. */
function pair({ others, self, ownScreen }: Stage, area: Area, gap: number): Arrangement {
  const rects = new Map([[others[0] ?? '', fillingRect(area)]]);
  const floating = [...(self ? ['self'] : []), ...(ownScreen ? [OWN_SCREEN] : [])];
  for (const [index, key] of floating.entries()) rects.set(key, floatingRect(index, area, gap));
  return { rects, floating: new Set(floating) };
}

function focused(focus: string, rest: readonly string[], area: Area, gap: number): Arrangement {
  const layout = layoutFocus(rest.length, focus.startsWith('screen-'), area, gap);
  const rects = new Map([[focus, layout.main], ...paired(rest, layout.rest)]);
  return { rects, floating: new Set() };
}

/**
 * Screens large, people alike. One's own screen share floats, so that starting it doesn't move the other tiles; next to
 * other people's screens it gets a tile.
 */
function usual(
  { screens, others, ownScreen }: Stage,
  people: readonly string[],
  area: Area,
  gap: number,
): Arrangement {
  const ownFloats = ownScreen && screens.length === 0;
  const more = others.length === 0 ? ['invite'] : ownScreen && !ownFloats ? [OWN_SCREEN] : [];
  const tiles = [...people, ...more];
  const layout = layoutStage(screens.length, tiles.length, area, gap);
  const rects = new Map([...paired(screens, layout.screens), ...paired(tiles, layout.people)]);
  if (ownFloats) rects.set(OWN_SCREEN, floatingRect(0, area, gap));
  return { rects, floating: new Set(ownFloats ? [OWN_SCREEN] : []) };
}

function paired(keys: readonly string[], rects: readonly Rect[]): [string, Rect][] {
  return keys.flatMap((key, index): [string, Rect][] => {
    const rect = rects[index];
    return rect === undefined ? [] : [[key, rect]];
  });
}
