import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onWake } from '../../src/client/wake.ts';

class FakeConnection extends EventTarget {
  type: string | undefined = 'wifi';
}

describe('a sign that the network or the machine is back', () => {
  let page: EventTarget;
  let document: EventTarget & { visibilityState: string };
  let connection: FakeConnection;
  let signs: boolean[];
  let stop: () => void;

  beforeEach(() => {
    page = new EventTarget();
    document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    connection = new FakeConnection();
    vi.stubGlobal('window', page);
    vi.stubGlobal('document', document);
    vi.stubGlobal('navigator', { connection });
    signs = [];
    stop = onWake((moved) => signs.push(moved));
  });
  afterEach(() => vi.unstubAllGlobals());

  it('says that packets take another path when the browser is online again', () => {
    page.dispatchEvent(new Event('online'));
    expect(signs).toEqual([true]);
  });

  it('says so if the kind of network is another, and not for a new estimate of its speed', () => {
    connection.dispatchEvent(new Event('change'));
    connection.type = 'cellular';
    connection.dispatchEvent(new Event('change'));
    connection.dispatchEvent(new Event('change'));
    expect(signs).toEqual([false, true, false]);
  });

  it('asks for a check if the page is back or shown, and when the network goes', () => {
    for (const event of ['offline', 'pageshow']) page.dispatchEvent(new Event(event));
    document.dispatchEvent(new Event('visibilitychange'));
    document.visibilityState = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    expect(signs).toEqual([false, false, false]);
  });

  it('is looked for no longer once it is stopped', () => {
    stop();
    page.dispatchEvent(new Event('online'));
    connection.dispatchEvent(new Event('change'));
    expect(signs).toEqual([]);
  });
});
