import { describe, expect, it } from 'vitest';
import { Views } from '../../../../src/client/call/shown/views.ts';
import type { ShownPicture } from '../../../../src/client/media-types.ts';

function setUp() {
  const heard: ShownPicture[] = [];
  const views = new Views((shown) => heard.push(shown));
  return { views, heard };
}

const at = (height: number, first = false) => ({ height, first });

describe('the places where a picture is shown', () => {
  it('count by the largest', () => {
    const { views, heard } = setUp();
    const [tile, small] = [views.add(), views.add()];
    tile.set({ height: 360 });
    small.set({ height: 120 });
    tile.set(null);
    small.set(null);
    expect(heard).toEqual([at(360), at(360), at(120), at(0)]);
  });

  it('put the picture first if one of them does, even one that shows nothing by itself', () => {
    const { views, heard } = setUp();
    const [tile, word] = [views.add(), views.add()];
    tile.set({ height: 360 });
    word.set({ height: 0, first: true });
    word.set(null);
    expect(heard).toEqual([at(360), at(360, true), at(360)]);
  });

  it('say nothing of a picture before anything is known', () => {
    const { views, heard } = setUp();
    views.add();
    views.add().remove();
    expect(heard).toEqual([]);
  });

  it('keep the picture while a new place takes over', () => {
    const { views, heard } = setUp();
    const old = views.add();
    old.set({ height: 360 });
    const next = views.add();
    old.remove();
    next.set({ height: 720 });
    expect(heard).toEqual([at(360), at(720)]);
  });

  it('hide the picture when the last one is removed, which says nothing any more', () => {
    const { views, heard } = setUp();
    const tile = views.add();
    tile.set({ height: 360 });
    tile.remove();
    tile.set({ height: 360 });
    tile.remove();
    expect(heard).toEqual([at(360), at(0)]);
  });
});
