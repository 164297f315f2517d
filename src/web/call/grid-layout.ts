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

const SCREEN: Shape = { narrowest: NARROWEST.upright, widest: SCREEN_SHAPE };

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
export function gridOf(count: number, area: Area, gap: number, shape = shapeFor(area)): Rect[] {
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

/** Shared screens large; people in a strip: beside them where the area is wide, under them where it is tall. */
export function stageOf(screens: number, people: number, area: Area, gap: number): StageLayout {
  if (screens === 0) return { screens: [], people: gridOf(people, area, gap) };
  if (people === 0) return { screens: gridOf(screens, area, gap, SCREEN), people: [] };
  if (area.width > area.height) {
    const strip = Math.min(stripWidth(people, area), area.width / 2);
    const main = { width: area.width - strip - gap, height: area.height };
    return {
      screens: gridOf(screens, main, gap, SCREEN),
      people: moved(gridOf(people, { width: strip, height: area.height }, gap), main.width + gap, 0),
    };
  }
  const height = Math.min(area.height * 0.62, screens * (area.width / SCREEN_SHAPE) + (screens - 1) * gap);
  const rest = { width: area.width, height: area.height - height - gap };
  return {
    screens: gridOf(screens, { width: area.width, height }, gap, SCREEN),
    people: moved(gridOf(people, rest, gap), 0, height + gap),
  };
}

/** One column of people up to five, two beyond. */
function stripWidth(people: number, area: Area): number {
  const column = Math.max(140, Math.min(260, area.width * 0.19));
  return people <= 5 ? column : column * 1.6;
}

function moved(rects: readonly Rect[], x: number, y: number): Rect[] {
  return rects.map((rect) => ({ ...rect, x: rect.x + x, y: rect.y + y }));
}
