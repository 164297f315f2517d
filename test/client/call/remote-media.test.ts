import { describe, expect, it } from 'vitest';
import type { ControlMessage } from '../../../src/client/call/control/control-messages.ts';
import { RemoteMedia } from '../../../src/client/call/remote-media.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { peer } from '../support/fake-call.ts';

/** A peer whose channel is the test. */
class Far extends RemoteMedia {
  readonly sent: ControlMessage[] = [];
  open = true;
  asks = 0;

  hear(message: ControlMessage): void {
    this.readControl(message);
  }
  /** The connection is replaced, and the new one's channel opens. */
  replace(): void {
    this.forgetControl();
    this.tellAll();
  }
  lose(): void {
    this.forgetControl();
  }
  end(): void {
    this.endMedia();
  }

  protected get control() {
    return {
      send: (message: ControlMessage) => {
        if (this.open) this.sent.push(message);
        return this.open;
      },
    };
  }
  protected get keys() {
    return undefined;
  }
  protected noteAsked(): void {
    this.asks += 1;
  }
}

const at = (height: number, first = false) => ({ height, first });
const shown = (height: number): ControlMessage => ({
  v: 1,
  type: 'shown',
  camera: at(height),
  screen: at(0),
});
const held = (camera: boolean): ControlMessage => ({ v: 1, type: 'held', camera, screen: false });

function setUp() {
  const clock = new FakeClock();
  const far = new Far(peer('bob'), clock);
  const events: unknown[] = [];
  far.on('held', (now) => events.push(now));
  return { clock, far, events };
}

describe('a peer’s pictures', () => {
  it('count as fully shown until its first word, and again after the connection', () => {
    const { far } = setUp();
    expect(far.asked).toEqual({ camera: undefined, screen: undefined });
    far.hear(shown(360));
    expect(far.asked).toEqual({ camera: at(360), screen: at(0) });
    far.lose();
    far.lose();
    expect(far.asked).toEqual({ camera: undefined, screen: undefined });
    expect(far.asks).toBe(2);
  });

  it('are held and sent again, each said once', () => {
    const { far, events } = setUp();
    far.hear(held(true));
    far.hear(held(true));
    expect(far.held).toEqual({ camera: true, screen: false });
    far.lose();
    expect(events).toEqual([
      { camera: true, screen: false },
      { camera: false, screen: false },
    ]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('can’t be shown %s pixels high', (height) => {
    const { far } = setUp();
    expect(() => far.setShown('camera', { height })).toThrow(RangeError);
  });
});

describe('what a peer is told', () => {
  it('is told again over each new connection: what is shown, and what is held', () => {
    const { clock, far } = setUp();
    far.setShown('camera', { height: 360 });
    far.hold({ camera: true, screen: false });
    far.hold({ camera: true, screen: false });
    clock.advance(100);
    far.sent.length = 0;
    far.replace();
    expect(far.sent).toEqual([
      { v: 1, type: 'shown', camera: at(360), screen: at(8_640) },
      { v: 1, type: 'held', camera: true, screen: false },
    ]);
  });

  it('is hidden at once if the application says so', () => {
    const { clock, far } = setUp();
    far.setShown('camera', { height: 360 });
    clock.advance(100);
    far.setShown('camera', null);
    expect(far.sent.at(-1)).toEqual({ v: 1, type: 'shown', camera: at(0), screen: at(8_640) });
  });

  it('is nothing more once it is gone', () => {
    const { clock, far } = setUp();
    far.end();
    far.setShown('camera', { height: 360 });
    clock.advance(100);
    expect(far.sent).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
