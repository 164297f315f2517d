/** Places of tiles in an area, in CSS pixels. Pure geometry. */

export interface Area {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Area {
  readonly x: number;
  readonly y: number;
}

/**
 * Width by height that a tile may have: a face survives such a crop. On an upright phone tiles may be upright as
 * well; on a desk, where cameras are wide, that would cut too much away.
 */
const NARROWEST = { upright: 0.6, lying: 5 / 4 };
const WIDEST = 16 / 9;
/** A shared screen is shown whole; most are of this shape. */
const SCREEN_SHAPE = 16 / 10;

interface Shape {
  readonly narrowest: number;
  readonly widest: number;
}

/** What counts is the size of the picture, not of the black around it: the tile has the picture's shape. */
const SCREEN: Shape = { narrowest: SCREEN_SHAPE, widest: SCREEN_SHAPE };
/** A face beside a shared screen is never an upright sliver. */
const BESIDE_SCREEN: Shape = { narrowest: NARROWEST.lying, widest: WIDEST };
/** One picture that fills the window may be cut more: there is nobody else to look at. */
const FILLING: Shape = { narrowest: 0.5, widest: 2.2 };
/** Under a screen on an upright phone, people get at most this share of the height. */
const PEOPLE_UNDER_SCREEN = 0.36;
/** Pixels: the narrowest column of people beside a screen, and the widest. */
const STRIP = { least: 104, most: 260 };

function shapeFor({ width, height }: Area): Shape {
  return { narrowest: width > height ? NARROWEST.lying : NARROWEST.upright, widest: WIDEST };
}

interface Fit {
  readonly columns: number;
  readonly tile: Area;
}

/**
 * @param count tiles, all of one size; @param gap between them
 * @returns their places: the columns that give the largest tiles, the whole centred, a last row that is not full too
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

/** The largest tile of a fitting shape in a cell. */
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

/**
 * Shared screens large; people in a strip, beside them where the area is wide, under them where it is tall.
 */
export function layoutStage(screens: number, people: number, area: Area, gap: number): StageLayout {
  if (screens === 0) return { screens: [], people: layoutGrid(people, area, gap) };
  if (people === 0) return { screens: layoutGrid(screens, area, gap, SCREEN), people: [] };
  return area.width > area.height ? beside(screens, people, area, gap) : under(screens, people, area, gap);
}

function beside(screens: number, people: number, area: Area, gap: number): StageLayout {
  const { height } = area;
  const column = Math.max(STRIP.least, Math.min(STRIP.most, area.width * 0.19));
  // What one screen of full height leaves free belongs to the people.
  const free = screens === 1 ? area.width - height * SCREEN_SHAPE - gap : 0;
  const strip = Math.min(Math.max(people <= 5 ? column : column * 1.6, free), area.width / 2);
  const main = area.width - strip - gap;
  return {
    screens: layoutGrid(screens, { width: main, height }, gap, SCREEN),
    people: moved(layoutGrid(people, { width: strip, height }, gap, BESIDE_SCREEN), main + gap, 0),
  };
}

function under(screens: number, people: number, area: Area, gap: number): StageLayout {
  const { width } = area;
  const strip = area.height * PEOPLE_UNDER_SCREEN;
  const main = area.height - strip - gap;
  return {
    // Whole height: an upright screen, as of a phone, is large then.
    screens: layoutGrid(screens, { width, height: main }, gap, { ...SCREEN, narrowest: NARROWEST.upright }),
    people: moved(layoutGrid(people, { width, height: strip }, gap), 0, main + gap),
  };
}

/** One picture that fills the area. */
export function fillingRect({ width, height }: Area): Rect {
  const tile = shaped(width, height, FILLING);
  return { x: (width - tile.width) / 2, y: (height - tile.height) / 2, ...tile };
}

/** The n-th small picture in the lower right corner, over the others; from right to left. */
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

/** Pixels at the foot of a tile where its name stands. */
const FOOT = 40;

/** @returns how many pixels of a tile's foot, counted from its right edge, lie under what floats over it */
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
