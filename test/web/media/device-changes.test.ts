import { describe, expect, it, vi } from 'vitest';
import { Losses, newsOf } from '../../../src/web/media/device-changes.ts';
import { watchTrack } from '../../../src/web/media/open-track.ts';
import { fakeTrack } from '../fakes.ts';

const list = (...names: string[]) =>
  names.map((name) => {
    const [id = '', label = ''] = name.split('=');
    return { id, label };
  });

describe('a change of the browser’s devices', () => {
  it.each<[string, string, string, string[], string[], string | undefined]>([
    ['the wanted one is plugged in again', 'usb', 'inner=Inner', ['inner'], ['inner', 'usb'], 'returned'],
    ['another one is plugged in', 'usb', 'inner=Inner', ['inner'], ['inner', 'other'], undefined],
    ['the wanted one has been there all the time', 'usb', 'inner=Inner', ['usb'], ['usb'], undefined],
    ['the wanted one is in use', 'usb', 'usb=USB', [], ['usb'], undefined],
    ['nothing is wanted', '', 'inner=Inner', ['inner'], ['inner', 'usb'], undefined],
    ['the default is another one', '', 'default=A', ['default=A'], ['default=B'], 'followed'],
    ['the default is the same', '', 'default=A', ['default=A'], ['default=A', 'usb'], undefined],
    ['the default is another one, and not in use', '', 'usb=USB', ['default=A'], ['default=B'], undefined],
    ['names are hidden', '', 'default=', ['default='], ['default=B'], undefined],
  ])('if %s', (_, wanted, used, before, now, news) => {
    const [open = { id: '', label: '' }] = list(used);
    expect(newsOf(wanted, open, list(...before), list(...now))).toBe(news);
  });
});

describe('a device that goes away again and again', () => {
  it('is opened three times within ten seconds', () => {
    let now = 0;
    const losses = new Losses(() => now);
    expect([losses.note(), losses.note(), losses.note(), losses.note()]).toEqual([false, false, false, true]);
    now = 10_000;
    expect(losses.note()).toBe(false);
  });
});

describe('a track that the system mutes', () => {
  it('is paused after a while, and not if sound is back by then', () => {
    vi.useFakeTimers();
    const told: boolean[] = [];
    const track = fakeTrack('audio');
    watchTrack(track, { onEnded: () => {}, onPaused: (paused) => told.push(paused) });
    track.muted = true;
    track.onmute?.();
    vi.advanceTimersByTime(1_000);
    track.muted = false;
    track.onunmute?.();
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([false]);
    track.muted = true;
    track.onmute?.();
    vi.advanceTimersByTime(1_500);
    expect(told).toEqual([false, true]);
    vi.useRealTimers();
  });

  it('is paused if it was muted from the start', () => {
    vi.useFakeTimers();
    const told: boolean[] = [];
    const track = fakeTrack('audio');
    track.muted = true;
    watchTrack(track, { onEnded: () => {}, onPaused: (paused) => told.push(paused) });
    vi.advanceTimersByTime(1_500);
    expect(told).toEqual([true]);
    vi.useRealTimers();
  });
});
