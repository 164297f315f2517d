/** Positions of tiles in an area, in CSS pixels. Pure geometry. */

export interface Area {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Area {
  readonly x: number;
  readonly y: number;
}

/**
 * Range of a tile's width divided by its height: within it, cropping keeps the face. Tiles may be upright on an upright
 * phone; on a desktop, where cameras are wide, that would crop too much.
 */
const NARROWEST = { upright: 0.6, lying: 5 / 4 };
const WIDEST = 16 / 9;
/** Aspect ratio of most screens. A shared screen is never cropped. */
const SCREEN_SHAPE = 16 / 10;

interface Shape {
  readonly narrowest: number;
  readonly widest: number;
}

/** The tile has the screen's aspect ratio, so that no black bars take up space. */
const SCREEN: Shape = { narrowest: SCREEN_SHAPE, widest: SCREEN_SHAPE };
/** Tiles beside a shared screen are never upright slivers. */
const BESIDE_SCREEN: Shape = { narrowest: NARROWEST.lying, widest: WIDEST };
/** A single picture that fills the window may be cropped more. */
const FILLING: Shape = { narrowest: 0.5, widest: 2.2 };
/** Max share of the height for people below a screen on an upright phone. */
const PEOPLE_UNDER_SCREEN = 0.36;
/** Min and max width (px) of the column of people beside a screen. */
const STRIP = { least: 104, most: 260 };

function shapeFor({ width, height }: Area): Shape {
  return { narrowest: width > height ? NARROWEST.lying : NARROWEST.upright, widest: WIDEST };
}

interface Fit {
  readonly columns: number;
  readonly tile: Area;
}

/**
 * Lays out tiles of equal size in the number of columns that makes them largest. The grid and its last row are centred.
 */
export function layoutGrid(count: number, area: Area, gap: number, shape = shapeFor(area)): Rect[] {
  if (count === 0 || area.width <= 0 || area.height <= 0) return [];
  const { columns, tile } = bestFit(count, area, gap, shape);
  const rows = Math.ceil(count / columns);
  const top = (area.height - rows * tile.height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (area.width - inRow * tile.width - (inRow - 1) * gap) / 2;
    return {
      x: left + (index % columns) * (tile.width + gap),
      y: top + row * (tile.height + gap),
      ...tile,
    };
  });
}

function bestFit(count: number, area: Area, gap: number, shape: Shape): Fit {
  let best: Fit = { columns: 1, tile: { width: 0, height: 0 } };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const tile = shaped(
      (area.width - (columns - 1) * gap) / columns,
      (area.height - (rows - 1) * gap) / rows,
      shape,
    );
    if (tile.width * tile.height > best.tile.width * best.tile.height + 1) best = { columns, tile };
  }
  return best;
}

/** Returns the largest size with an allowed aspect ratio that fits into a cell. */
function shaped(width: number, height: number, { narrowest, widest }: Shape): Area {
  if (width <= 0 || height <= 0) return { width: 0, height: 0 };
  if (width / height > widest) return { width: height * widest, height };
  if (width / height < narrowest) return { width, height: width / narrowest };
  return { width, height };
}

export interface StageLayout {
  readonly screens: readonly Rect[];
  readonly people: readonly Rect[];
}

/** Lays out shared screens large and people in a strip: beside the screens in a wide area, below them in a tall one. */
export function layoutStage(
  screens: number,
  people: number,
  area: Area,
  gap: number,
  shape = SCREEN,
): StageLayout {
  if (screens === 0) return { screens: [], people: layoutGrid(people, area, gap) };
  if (people === 0) return { screens: layoutGrid(screens, area, gap, shape), people: [] };
  const place = area.width > area.height ? beside : under;
  return place(screens, people, area, gap, shape);
}

function beside(screens: number, people: number, area: Area, gap: number, shape: Shape): StageLayout {
  const { height } = area;
  const column = Math.max(STRIP.least, Math.min(STRIP.most, area.width * 0.19));
  // A single screen of full height leaves this width to the people.
  const free = screens === 1 ? area.width - height * shape.widest - gap : 0;
  const strip = Math.min(Math.max(people <= 5 ? column : column * 1.6, free), area.width / 2);
  const main = area.width - strip - gap;
  return {
    screens: layoutGrid(screens, { width: main, height }, gap, shape),
    people: moved(layoutGrid(people, { width: strip, height }, gap, BESIDE_SCREEN), main + gap, 0),
  };
}

function under(screens: number, people: number, area: Area, gap: number, shape: Shape): StageLayout {
  const { width } = area;
  const strip = area.height * PEOPLE_UNDER_SCREEN;
  const main = area.height - strip - gap;
  return {
    // Upright screens, as of phones, may use the whole height.
    screens: layoutGrid(screens, { width, height: main }, gap, { ...shape, narrowest: NARROWEST.upright }),
    people: moved(layoutGrid(people, { width, height: strip }, gap), 0, main + gap),
  };
}

/** Lays out one large tile, with `rest` small ones in a strip. @param isScreen the large one is a screen, not a person */
export function layoutFocus(
  rest: number,
  isScreen: boolean,
  area: Area,
  gap: number,
): { readonly main: Rect; readonly rest: readonly Rect[] } {
  if (rest === 0 && !isScreen) return { main: fillingRect(area), rest: [] };
  const { screens, people } = layoutStage(1, rest, area, gap, isScreen ? SCREEN : FILLING);
  return { main: screens[0] ?? fillingRect(area), rest: people };
}

/** Returns the rectangle of a single picture that fills the area. */
export function fillingRect({ width, height }: Area): Rect {
  const tile = shaped(width, height, FILLING);
  return { x: (width - tile.width) / 2, y: (height - tile.height) / 2, ...tile };
}

/** Returns the rectangle of the n-th floating tile in the lower right corner, counted from the right. */
export function floatingRect(index: number, area: Area, gap: number): Rect {
  const isUpright = area.width <= area.height;
  const width = Math.max(88, Math.min(280, area.width * (isUpright ? 0.26 : 0.2), area.height * 0.45));
  const height = isUpright ? width * (4 / 3) : width / SCREEN_SHAPE;
  return {
    x: area.width - (index + 1) * (width + gap),
    y: area.height - height - gap,
    width,
    height,
  };
}

/** Height (px) of the lower edge of a tile, where its name is. */
const FOOT = 40;

/** Returns the width (px) of a tile's lower edge, from the right, that floating tiles cover. */
export function coveredWidth(tile: Rect, floating: readonly Rect[]): number {
  const right = tile.x + tile.width;
  const foot = tile.y + tile.height;
  const over = floating.filter(
    ({ x, y, width, height }) => x < right && x + width > tile.x && y < foot && y + height > foot - FOOT,
  );
  return Math.min(tile.width, Math.max(0, ...over.map(({ x }) => right - x)));
}

function moved(rects: readonly Rect[], x: number, y: number): Rect[] {
  return rects.map((rect) => ({ ...rect, x: rect.x + x, y: rect.y + y }));
}
