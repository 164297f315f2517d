import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallModel } from '../../../src/web/call/call-model.ts';
import { createKeyHandler, type KeyDown, TAP_MS } from '../../../src/web/call/key-handler.ts';
import { watchModality } from '../../../src/web/call/modality.ts';
import { createDeviceManager } from '../../../src/web/media/device-manager.ts';
import { createPrefs } from '../../../src/web/prefs.ts';
import { fakeCall, fakeCapture, fakeClient, memoryStorage } from '../fakes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Spot = 'mute' | 'camera' | 'text' | 'stage';

/** A window with two buttons, a field and a stage, that does with keys what browsers do, and a call in it. */
async function setUp() {
  const fake = fakeCall();
  const devices = createDeviceManager({
    capture: fakeCapture().capture,
    prefs: createPrefs(memoryStorage()),
  });
  await devices.start();
  const call = createCallModel({
    client: fakeClient().client,
    call: fake.call,
    devices,
    selfName: 'Ann',
    captureScreen: undefined,
    onEnded: () => {},
  });
  const target = new EventTarget();
  const modality = watchModality(target);
  const keys = createKeyHandler({
    isEnabled: () => true,
    isMuted: () => !devices.microphone.value.on,
    onAction: (action) => action === 'mute' && call.toggleMicrophone(),
    onTalk: call.holdToTalk,
  });
  let focus: Spot = 'stage';
  let modal = false;
  let at = 0;
  /** Where Space went down without the page taking it: Chromium presses that button when it goes up. */
  let pressed: Spot | null = null;
  const press = (spot: Spot) => {
    if (spot === 'mute') call.toggleMicrophone();
    if (spot === 'camera') call.toggleCamera();
  };
  const isButton = () => focus === 'mute' || focus === 'camera';
  const down = (key: string, code: string, repeat: boolean): boolean => {
    const event: KeyDown = {
      code,
      key,
      modified: false,
      shift: false,
      typing: modal || focus === 'text',
      onControl: isButton() && modality.byKeyboard(),
      onMuteButton: focus === 'mute',
      repeat,
      at,
    };
    return keys.keyDown(event);
  };
  return {
    call,
    fake,
    isOn: () => devices.microphone.value.on,
    cameraIsOn: () => devices.camera.value.on,
    spaceDown(repeat = false) {
      if (!down(' ', 'Space', repeat) && isButton() && !modal) pressed = focus;
    },
    /** @param gecko as Firefox does, which presses the focused button though the page took the key going down */
    spaceUp(gecko = false) {
      const ours = keys.keyUp({ code: 'Space', key: ' ', at });
      const target = pressed ?? (gecko && isButton() && !modal ? focus : null);
      pressed = null;
      if (!ours && target !== null && target === focus && !modal) press(target);
    },
    letter: (key: string) => void down(key, `Key${key.toUpperCase()}`, false),
    click(spot: Spot) {
      target.dispatchEvent(new Event('pointerdown'));
      keys.onPointer();
      focus = spot;
      pressed = null;
      press(spot);
    },
    tabTo(spot: Spot) {
      target.dispatchEvent(Object.assign(new Event('keydown'), { key: 'Tab' }));
      focus = spot;
      pressed = null;
    },
    releaseAll: () => keys.releaseAll(),
    dialog(open: boolean) {
      modal = open;
      if (open) keys.releaseAll();
    },
    wait(ms: number) {
      at += ms;
    },
  };
}

describe('the space bar', () => {
  it('talks after the mute button was clicked, and the microphone is off again after it', async () => {
    const page = await setUp();
    page.click('mute');
    expect(page.isOn()).toBe(false);
    page.spaceDown();
    expect(page.isOn()).toBe(true);
    page.spaceDown(true);
    page.wait(2_000);
    expect(page.isOn()).toBe(true);
    page.spaceUp();
    expect(page.isOn()).toBe(false);
  });

  it('is no tap on the mute button once the mouse has a part in it', async () => {
    const page = await setUp();
    page.click('mute');
    page.tabTo('mute');
    page.spaceDown();
    page.wait(50);
    for (let i = 0; i < 2; i++) page.click('mute');
    page.wait(50);
    page.spaceUp();
    expect(page.isOn()).toBe(false);
  });

  it.each(['mute', 'camera'] as const)('presses no button that was clicked (%s)', async (spot) => {
    const page = await setUp();
    page.click('mute');
    if (spot === 'camera') page.click('camera');
    const camera = page.cameraIsOn();
    page.spaceDown();
    page.wait(50);
    page.spaceUp(true);
    expect([page.isOn(), page.cameraIsOn()]).toEqual([false, camera]);
  });

  it('presses the button that Tab leads to', async () => {
    const page = await setUp();
    page.tabTo('camera');
    page.spaceDown();
    page.spaceUp();
    expect([page.isOn(), page.cameraIsOn()]).toEqual([true, false]);
    page.tabTo('mute');
    page.spaceDown();
    page.spaceUp();
    expect(page.isOn()).toBe(false);
  });

  it('on the mute button that Tab leads to unmutes by a tap, and talks while it is held', async () => {
    const page = await setUp();
    page.letter('m');
    page.tabTo('mute');
    page.spaceDown();
    page.wait(TAP_MS);
    expect(page.isOn()).toBe(true);
    page.spaceUp();
    expect(page.isOn()).toBe(false);
    page.spaceDown();
    page.wait(TAP_MS - 1);
    page.spaceUp();
    expect(page.isOn()).toBe(true);
  });

  it('ends to talk with the call', async () => {
    const page = await setUp();
    page.letter('m');
    page.spaceDown();
    page.fake.emit('ended', 'kicked', undefined);
    expect(page.isOn()).toBe(false);
  });

  it('ends to talk when Command goes down: macOS does not tell of Space going up then', async () => {
    const onTalk = vi.fn();
    const keys = createKeyHandler({ isEnabled: () => true, isMuted: () => true, onAction: () => {}, onTalk });
    const press = {
      shift: false,
      typing: false,
      onControl: false,
      repeat: false,
      onMuteButton: false,
      at: 0,
    };
    keys.keyDown({ ...press, code: 'Space', key: ' ', modified: false });
    keys.keyDown({ ...press, code: 'MetaLeft', key: 'Meta', modified: true });
    expect(onTalk.mock.calls).toEqual([[true], [false]]);
  });

  const STEPS = [
    'click mute',
    'click camera',
    'click text',
    'click stage',
    'tab mute',
    'tab camera',
    'tab text',
    'M',
    'down',
    'repeat',
    'up',
    'up gecko',
    'blur',
    'dialog',
    'no dialog',
    'host mutes',
    'wait',
  ] as const;
  /** After these nothing is held. */
  const RELEASES: ReadonlySet<string> = new Set(['up', 'up gecko', 'blur', 'dialog']);
  /** Somebody decides about the microphone, beside the key. */
  const DECIDES: ReadonlySet<string> = new Set(['click mute', 'M', 'host mutes']);

  it('leaves the microphone as it was before, whatever happens in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 40 }), async (steps) => {
        const page = await setUp();
        let focus = 'stage';
        let byTab = true;
        let modal = false;
        /** Muted or not when Space went down, as far as it went down to talk. */
        let before: boolean | null = null;
        /** Whoever is heard anyway when Space goes down may mute and unmute meanwhile: the key has nothing to undo. */
        let heardAnyway = false;
        for (const step of steps) {
          const [what, where] = step.split(' ') as [string, Spot | 'gecko' | 'dialog' | 'mutes' | undefined];
          if ((what === 'click' || what === 'tab') && modal) continue;
          const isNative = byTab && (focus === 'camera' || (focus === 'mute' && page.isOn()));
          if (step === 'down' && before === null && focus !== 'text' && !modal && !isNative) {
            before = page.isOn();
            heardAnyway = before;
          }
          if (what === 'click' || what === 'tab') {
            focus = where ?? focus;
            byTab = what === 'tab';
          }
          if (what === 'click') page.click(where as Spot);
          if (what === 'tab') page.tabTo(where as Spot);
          if (step === 'M') page.letter('m');
          if (what === 'down') page.spaceDown();
          if (what === 'repeat' && before !== null) page.spaceDown(true);
          if (step === 'blur') page.releaseAll();
          if (step === 'dialog' || step === 'no dialog') {
            modal = step === 'dialog';
            page.dialog(modal);
          }
          if (step === 'host mutes') page.fake.emit('muterequest', 'audio', undefined);
          // Every hold is longer than a tap here.
          page.wait(TAP_MS);
          if (what === 'up') page.spaceUp(where === 'gecko');
          if (before !== null && heardAnyway && DECIDES.has(step)) before = page.isOn();
          if (!RELEASES.has(step) || before === null) continue;
          expect([steps.join(', '), page.isOn()]).toEqual([steps.join(', '), before]);
          before = null;
        }
      }),
      { numRuns: 300 },
    );
  });
});
